"""The score plot of a run: best score over model calls, with the held-out result beside it."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.events import BaselineScored, BeamSelected, Event, RunStarted
from optimizer.holdout_events import HoldoutTested

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BEST = "#4c6ef5"
_BAND = "#dbe4ff"
_SEED = "#868e96"
_FINAL = "#2b8a3e"
INK = "#343a40"


@dataclass(frozen=True, slots=True)
class ScorePoints:
    """What the plot shows: paid calls and best score (0..1) after the baseline and each round."""

    calls: tuple[int, ...]
    scores: tuple[float, ...]
    sizes: tuple[int, ...]
    """Examples behind each score."""
    holdout: HoldoutTested | None
    simulated: bool


def score_points(events: Sequence[Event]) -> ScorePoints:
    """Pick the plot's numbers out of a run's events."""
    calls: list[int] = []
    scores: list[float] = []
    sizes: list[int] = []
    holdout = None
    simulated = False
    for event in events:
        if isinstance(event, RunStarted):
            simulated = "simulated" in event.task_model
        elif isinstance(event, BaselineScored):
            calls.append(event.n)
            scores.append(event.score)
            sizes.append(event.n)
        elif isinstance(event, BeamSelected):
            calls.append(event.calls)
            scores.append(event.best_score)
            sizes.append(event.beam[0].n)
        elif isinstance(event, HoldoutTested):
            holdout = event
    return ScorePoints(tuple(calls), tuple(scores), tuple(sizes), holdout, simulated)


def alt_text(events: Sequence[Event]) -> str:
    """Return the plot's numbers in words, for people who cannot see it."""
    points = score_points(events)
    steps = ", ".join(
        f"{score:.0%} after {calls} calls" for calls, score in zip(points.calls, points.scores, strict=True)
    )
    text = f"Best score on the search examples: {steps}." if steps else "No scores yet."
    if points.holdout:
        text += (
            f" Held-out examples: {points.holdout.seed_score:.0%} with the first prompt, "
            f"{points.holdout.final_score:.0%} with the best one."
        )
    return text


def score_plot(events: Sequence[Event]) -> bytes:
    """Draw the plot as PNG bytes, 1200 by 600 pixels. Safe to call from any thread."""
    points = score_points(events)
    figure, panels = figure_with_test(tested=points.holdout is not None)
    search = panels[0]
    draw_measured(search, points.calls, points.scores, points.sizes)
    search.set_xlabel("model calls")
    search.set_ylabel("score")
    search.set_title("Best candidate while searching (bars: 95 %)", loc="left", fontsize=10, color=INK)
    if points.holdout:
        scores = (points.holdout.seed_score, points.holdout.final_score)
        draw_test(panels[1], ("first", "best"), scores, points.holdout)
    low = min(
        [
            *points.scores,
            0.5,
            *([points.holdout.seed_score, points.holdout.final_score] if points.holdout else []),
        ]
    )
    search.set_ylim(max(0.0, low - 0.15), 1.08)
    search.margins(x=0.1)
    for panel in panels:
        draw_shares(panel)
    return as_png(figure, simulated=points.simulated)


def draw_shares(panel: Axes) -> None:
    """Give ``panel`` a light grid and percent on its upright axis."""
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(axis="y", alpha=0.25)
    panel.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}" if value <= 1 else "")


def as_png(figure: Figure, *, simulated: bool) -> bytes:
    """Return the figure as PNG bytes, with a note when its numbers are a simulated model's."""
    if simulated:
        figure.text(0.995, 0.005, "simulated model", ha="right", va="bottom", fontsize=7, color=_SEED)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def wilson_interval(score: float, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a mean score (0..1) over ``n`` examples."""
    z = 1.96
    centre = (score + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(score * (1 - score) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def figure_with_test(*, tested: bool) -> tuple[Figure, Sequence[Axes]]:
    """Return an empty figure of 1200 by 600 pixels: a wide panel, and a narrow one when something was tested."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.2), dpi=187.5, layout="constrained")
    FigureCanvasAgg(figure)
    widths = [2.3, 1] if tested else [1]
    return figure, figure.subplots(1, len(widths), width_ratios=widths, sharey=True, squeeze=False)[0]


def draw_measured(panel: Axes, places: Sequence[int], shares: Sequence[float], sizes: Sequence[int]) -> None:
    """Draw a line of shares (0..1), each with its value and the 95 % interval at its sample size."""
    ends = [wilson_interval(share, size) for share, size in zip(shares, sizes, strict=True)]
    panel.errorbar(
        places,
        shares,
        yerr=(
            [max(0.0, share - low) for share, (low, _) in zip(shares, ends, strict=True)],
            [max(0.0, high - share) for share, (_, high) in zip(shares, ends, strict=True)],
        ),
        marker="o",
        color=_BEST,
        ecolor=_BAND,
        linewidth=2.2,
        elinewidth=7,
        markersize=6,
    )
    for place, share in zip(places, shares, strict=True):
        panel.annotate(f"{share:.0%}", (place, share), textcoords="offset points", xytext=(9, 6), color=INK)


def draw_test(
    panel: Axes, names: tuple[str, str], shares: tuple[float, float], holdout: HoldoutTested
) -> None:
    """Draw two bars, first and final, with the verdict above them."""
    colour = _FINAL if holdout.verdict == "better" else _SEED
    bars = panel.bar(names, shares, color=[_SEED, colour], width=0.6)
    panel.bar_label(bars, fmt=lambda value: f"{value:.0%}", padding=3, color=INK)
    panel.set_title(f"Held out (n={holdout.n}):\n{holdout.verdict}", loc="left", fontsize=10, color=INK)
