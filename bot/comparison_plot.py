"""The plot of a comparison: a value over paid calls, one line per run, and the held-out result of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.comparison import ComparedRun
from bot.plots import INK, as_png, draw_shares

_COLOURS = ("#4c6ef5", "#e8590c", "#2b8a3e", "#ae3ec9", "#1098ad", "#868e96", "#c2255c")


@dataclass(frozen=True, slots=True)
class Curve:
    """One run: ``values`` (0..1) while it searched, after so many ``calls``, and ``held_out`` at its end."""

    algorithm: str
    calls: tuple[int, ...]
    values: tuple[float, ...]
    end_calls: int
    held_out: float | None


@dataclass(frozen=True, slots=True)
class CurvesPlot:
    """What is to be drawn: the ``curves``, what their values are, and of what the lines tell."""

    curves: tuple[Curve, ...]
    value: str
    lines: str
    """What a line shows, such as the best candidate on search examples."""
    stars: str
    """Where the held-out results come from."""
    simulated: bool


def comparison_plot(runs: Sequence[ComparedRun]) -> CurvesPlot:
    """Return the plot of several optimisations' scores."""
    return CurvesPlot(
        curves=tuple(
            Curve(run.algorithm, run.points.calls, run.points.scores, run.result.calls, run.final_score)
            for run in runs
        ),
        value="score",
        lines="Best candidate on search examples",
        stars="held-out examples",
        simulated=any(run.points.simulated for run in runs),
    )


def draw_curves(plot: CurvesPlot) -> bytes:
    """Draw the plot as PNG bytes, 1350 by 750 pixels. Safe to call from any thread."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    panel = figure.subplots()
    curves = plot.curves
    names = tuple(dict.fromkeys(curve.algorithm for curve in curves))
    for curve in curves:
        colour = _COLOURS[names.index(curve.algorithm) % len(_COLOURS)]
        first = next(other for other in curves if other.algorithm == curve.algorithm) is curve
        panel.plot(
            curve.calls,
            curve.values,
            marker="o",
            markersize=3.5,
            linewidth=1.6,
            alpha=0.65,
            color=colour,
            label=curve.algorithm if first else None,
        )
        if curve.held_out is not None:
            if curve.calls:
                way = (curve.calls[-1], curve.end_calls), (curve.values[-1], curve.held_out)
                panel.plot(*way, linestyle=":", linewidth=1, color=colour)
            panel.plot(curve.end_calls, curve.held_out, marker="*", markersize=13, color=colour)
    panel.set_xlabel("model calls")
    panel.set_ylabel(plot.value)
    panel.set_title(f"{plot.lines} (lines) and on {plot.stars} (stars)", loc="left", fontsize=10, color=INK)
    draw_shares(panel)
    panel.grid(alpha=0.25)
    panel.set_xlim(left=0)
    panel.legend(frameon=False)
    return as_png(figure, simulated=plot.simulated)
