"""The plot of a comparison in letters, for a terminal: one letter per algorithm, the mean over its runs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from statistics import fmean

from bot.comparison_plot import Curve, CurvesPlot

WIDTH, HEIGHT = 64, 12
"""Columns and lines of the drawing itself, without its axes."""
_SPARE = "0123456789"


def sketch_curves(plot: CurvesPlot) -> str:
    """Draw the plot's lines; "" when there is nothing to draw.

    A run stands at its last value until its algorithm's longest run has ended. Where letters meet, the
    algorithm that comes first is seen.
    """
    drawn = [curve for curve in plot.curves if curve.calls]
    if not drawn:
        return ""
    names = tuple(dict.fromkeys(curve.algorithm for curve in drawn))
    marks = _marks(names)
    most_calls = max(curve.calls[-1] for curve in drawn)
    means = {
        name: _means([curve for curve in drawn if curve.algorithm == name], most_calls) for name in names
    }
    seen = [value for row in means.values() for value in row if value is not None]
    low, high = min(seen), max(seen)
    cells = [[" "] * WIDTH for _ in range(HEIGHT)]
    for name in reversed(names):
        for column, value in enumerate(means[name]):
            if value is not None:
                place = (value - low) / (high - low) if high > low else 0.5
                cells[round((1 - place) * (HEIGHT - 1))][column] = marks[name]
    return "\n".join(
        [
            f"{plot.lines}, {plot.value}, mean over runs",
            *(f"{_scale(line, low, high):>5} |{''.join(row).rstrip()}" for line, row in enumerate(cells)),
            f"{'':>5} +{'-' * WIDTH}",
            f"{'':>6} 0{f'{most_calls:,} calls':>{WIDTH - 1}}",
            f"{'':>6} " + "   ".join(f"{marks[name]} {name}" for name in names),
        ]
    )


def _means(curves: Sequence[Curve], most_calls: int) -> list[float | None]:
    """Return the mean value at each column; None before the first value and after the last."""
    ends = max(curve.calls[-1] for curve in curves)
    means: list[float | None] = []
    for column in range(WIDTH):
        calls = most_calls * column / (WIDTH - 1)
        known = [
            curve.values[bisect_right(curve.calls, calls) - 1] for curve in curves if curve.calls[0] <= calls
        ]
        step = most_calls / (WIDTH - 1)
        means.append(fmean(known) if known and calls < ends + step else None)
    return means


def _marks(names: Sequence[str]) -> dict[str, str]:
    """Give each name a letter of its own, its first one that is free."""
    marks: dict[str, str] = {}
    for name in names:
        letters = (*(letter for letter in name if letter.isalpha()), *_SPARE)
        marks[name] = next((letter for letter in letters if letter not in marks.values()), "?")
    return marks


def _scale(line: int, low: float, high: float) -> str:
    """Name the value of the first, middle and last line."""
    if line not in (0, HEIGHT // 2, HEIGHT - 1):
        return ""
    return f"{high - (high - low) * line / (HEIGHT - 1):.0%}"
