"""The plot of ``calls_to_reach``: racing's best prompt so far, held out, over a share of protegi's calls."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.plots import INK, as_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.calls_to_reach import Chase

_RACING, _BAND, _PROTEGI = "#4c6ef5", "#dbe4ff", "#e8590c"
_SHARES = tuple(0.01 * 1.1**step for step in range(39))
"""From 1 to 37 % of protegi's calls, each a tenth more than the one before; 40 % closes the row."""


def draw_chases(chases: Sequence[Chase]) -> bytes:
    """Draw a panel per task as PNG bytes: means over the seeds, with a standard error to each side."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    tasks = list(dict.fromkeys(chase.task for chase in chases))
    figure = Figure(figsize=(4.2 * len(tasks), 3.8), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(tasks), squeeze=False)[0]
    for panel, task in zip(panels, tasks, strict=True):
        _draw(panel, task, [chase for chase in chases if chase.task == task])
    panels[0].set_ylabel("held-out accuracy, %", color=INK)
    figure.supxlabel("calls, as a share of what protegi spends at paper settings", color=INK, fontsize=10)
    return as_png(figure, simulated=True)


def _draw(panel: Axes, task: str, chases: Sequence[Chase]) -> None:
    shares, means, errors = [], [], []
    for share in (*_SHARES, 0.4):
        reached = [chase.accuracy_at(share * chase.paper.calls, "held out") for chase in chases]
        known = [100 * value for value in reached if value is not None]
        if len(known) == len(chases):
            shares.append(100 * share)
            means.append(statistics.fmean(known))
            errors.append(_error(known))
    low = [mean - error for mean, error in zip(means, errors, strict=True)]
    high = [mean + error for mean, error in zip(means, errors, strict=True)]
    panel.fill_between(shares, low, high, color=_BAND)
    panel.plot(shares, means, color=_RACING, label="racing, best so far")
    ends = [100 * chase.target("held out") for chase in chases]
    end, error = statistics.fmean(ends), _error(ends)
    panel.axhspan(end - error, end + error, color=_PROTEGI, alpha=0.15, linewidth=0)
    panel.axhline(end, color=_PROTEGI, linestyle="--", label="protegi, at its end (100 %)")
    panel.set_xscale("log")
    panel.set_xticks([1, 2, 5, 10, 20, 40], ["1 %", "2 %", "5 %", "10 %", "20 %", "40 %"])
    panel.set_title(f"{task}, {len(chases)} seeds", color=INK, fontsize=11)
    panel.legend(loc="lower right", frameon=False, fontsize=8)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)


def _error(values: Sequence[float]) -> float:
    """Return the standard error of the mean."""
    return statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
