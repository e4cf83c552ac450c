"""Evolutions side by side: how often each algorithm's method fails on instructions nobody saw, and its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from bot.comparison_plot import Curve, CurvesPlot
from bot.evolution_plots import RatePoints
from bot.plots import wilson_interval
from optimizer.evolution.run import EvolveResult

VERSION = 1


@dataclass(frozen=True, slots=True)
class ComparedEvolution:
    """One run of one algorithm; ``points`` are its failure rates on dev instructions over calls."""

    algorithm: str
    seed: int
    result: EvolveResult
    points: RatePoints

    @property
    def held_out(self) -> float | None:
        """Failure rate (0..1) of the search's best method on the holdout; None when it was stopped before."""
        return 1 - self.result.holdout.final_score if self.result.holdout else None

    @property
    def tokens(self) -> int:
        """Input and output tokens."""
        return self.result.input_tokens + self.result.output_tokens


@dataclass(frozen=True, slots=True)
class EvolutionSummary:
    """Means over the seeds of one algorithm.

    ``rate`` is the failure rate on held-out instructions, ``interval`` its 95 % Wilson interval at the
    size of one held-out set: the sets of several seeds overlap, so they do not add up to a larger one.
    """

    algorithm: str
    runs: int
    rate: float
    interval: tuple[float, float]
    held_out: int
    calls: float
    tokens: float
    cost: float | None
    seconds: float


def summarise_evolutions(runs: Sequence[ComparedEvolution]) -> list[EvolutionSummary]:
    """Return one summary per algorithm, in the order in which they were given."""
    names = dict.fromkeys(run.algorithm for run in runs if run.result.holdout)
    return [
        _summary(name, [run for run in runs if run.algorithm == name and run.result.holdout])
        for name in names
    ]


def evolution_comparison_report(runs: Sequence[ComparedEvolution]) -> dict[str, Any]:
    """Return the comparison as plain JSON values."""
    return {
        "version": VERSION,
        "summary": [
            {
                "algorithm": item.algorithm,
                "runs": item.runs,
                "failure_rate": item.rate,
                "interval": list(item.interval),
                "holdout_size": item.held_out,
                "calls": item.calls,
                "tokens": item.tokens,
                "cost": item.cost,
                "wall_seconds": round(item.seconds, 3),
            }
            for item in summarise_evolutions(runs)
        ],
        "runs": [_run_report(run) for run in runs],
    }


def _summary(name: str, runs: Sequence[ComparedEvolution]) -> EvolutionSummary:
    rate = fmean(run.held_out for run in runs if run.held_out is not None)
    sizes = [run.result.holdout.n for run in runs if run.result.holdout]
    costs = [run.result.cost for run in runs if run.result.cost is not None]
    return EvolutionSummary(
        algorithm=name,
        runs=len(runs),
        rate=rate,
        interval=wilson_interval(rate, min(sizes)),
        held_out=min(sizes),
        calls=fmean(run.result.calls for run in runs),
        tokens=fmean(run.tokens for run in runs),
        cost=fmean(costs) if len(costs) == len(runs) else None,
        seconds=fmean(run.result.seconds for run in runs),
    )


def _run_report(run: ComparedEvolution) -> dict[str, Any]:
    result, points = run.result, run.points
    curve = zip(points.steps, points.calls, points.rates, strict=True)
    return {
        "algorithm": run.algorithm,
        "seed": run.seed,
        "failure_rate": run.held_out,
        "holdout_size": result.holdout.n if result.holdout else None,
        "verdict": result.verdict,
        "steps": result.steps,
        "stopped_because": result.stopped_because,
        "calls": result.calls,
        "tokens": run.tokens,
        "cost": result.cost,
        "wall_seconds": round(result.seconds, 3),
        "final_method": result.final_method,
        "troubles": dict(result.troubles),
        "curve": [{"step": step, "calls": calls, "failure_rate": rate} for step, calls, rate in curve],
    }


def evolution_comparison_plot(runs: Sequence[ComparedEvolution]) -> CurvesPlot:
    """Return the plot of failure rates over model calls, one line per run."""
    return CurvesPlot(
        curves=tuple(
            Curve(run.algorithm, run.points.calls, run.points.rates, run.result.calls, run.held_out)
            for run in runs
        ),
        value="evolutions that fail",
        lines="Best method on dev instructions",
        stars="held-out instructions",
        simulated=any(run.points.simulated for run in runs),
    )
