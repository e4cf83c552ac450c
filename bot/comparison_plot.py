"""The plot of a comparison: best score over paid calls, one line per run, and the held-out result of each."""

from __future__ import annotations

import io
from collections.abc import Sequence

from bot.comparison import ComparedRun

_COLOURS = ("#4c6ef5", "#e8590c", "#2b8a3e", "#ae3ec9", "#1098ad", "#868e96", "#c2255c")
_INK = "#343a40"


def comparison_plot(runs: Sequence[ComparedRun]) -> bytes:
    """Draw the plot as PNG bytes, 1350 by 750 pixels. Safe to call from any thread."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    panel = figure.subplots()
    names = tuple(dict.fromkeys(run.algorithm for run in runs))
    for run in runs:
        colour = _COLOURS[names.index(run.algorithm) % len(_COLOURS)]
        first = next(other for other in runs if other.algorithm == run.algorithm) is run
        panel.plot(
            run.points.calls,
            run.points.scores,
            marker="o",
            markersize=3.5,
            linewidth=1.6,
            alpha=0.65,
            color=colour,
            label=run.algorithm if first else None,
        )
        if run.final_score is not None:
            panel.plot(
                (run.points.calls[-1], run.result.calls),
                (run.points.scores[-1], run.final_score),
                linestyle=":",
                linewidth=1,
                color=colour,
            )
            panel.plot(run.result.calls, run.final_score, marker="*", markersize=13, color=colour)
    panel.set_xlabel("model calls")
    panel.set_ylabel("score")
    panel.set_title(
        "Best candidate on search examples (lines) and on held-out examples (stars)",
        loc="left",
        fontsize=10,
        color=_INK,
    )
    panel.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}" if value <= 1 else "")
    panel.set_xlim(left=0)
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(alpha=0.25)
    panel.legend(frameon=False)
    if any(run.points.simulated for run in runs):
        figure.text(0.995, 0.005, "simulated model", ha="right", va="bottom", fontsize=7, color=_INK)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()
