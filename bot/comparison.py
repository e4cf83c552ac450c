"""Comparing algorithms: what each run gave, and each algorithm's mean over its seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from bot.plots import ScorePoints, wilson_interval
from optimizer.run import Result

VERSION = 1


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One run of one algorithm. ``points`` are its best scores on search examples over paid calls."""

    algorithm: str
    seed: int
    result: Result
    points: ScorePoints

    @property
    def final_score(self) -> float | None:
        """Held-out score (0..1) of the search's best prompt; None when the run was stopped before the test."""
        return self.result.holdout.final_score if self.result.holdout else None

    @property
    def tokens(self) -> int:
        """Input and output tokens."""
        return self.result.input_tokens + self.result.output_tokens


@dataclass(frozen=True, slots=True)
class AlgorithmSummary:
    """Means over the seeds of one algorithm.

    ``interval`` is the 95 % Wilson interval of the mean score at the size of one held-out set: the
    seeds' sets overlap, so that they do not add up to a larger one.
    """

    algorithm: str
    runs: int
    score: float
    interval: tuple[float, float]
    gain: float
    better: int
    """Runs whose held-out test said *better*."""
    calls: float
    tokens: float
    cost: float | None
    seconds: float


def summarise(runs: Sequence[ComparedRun]) -> list[AlgorithmSummary]:
    """Return one summary per algorithm, in the order in which they were given."""
    names = dict.fromkeys(run.algorithm for run in runs if run.result.holdout)
    return [_summary(name, [run for run in runs if run.algorithm == name]) for name in names]


def comparison_report(runs: Sequence[ComparedRun]) -> dict[str, Any]:
    """Return the comparison as plain JSON values."""
    return {
        "version": VERSION,
        "summary": [
            {
                "algorithm": item.algorithm,
                "runs": item.runs,
                "score": item.score,
                "interval": list(item.interval),
                "gain": item.gain,
                "better": item.better,
                "calls": item.calls,
                "tokens": item.tokens,
                "cost": item.cost,
                "wall_seconds": round(item.seconds, 3),
            }
            for item in summarise(runs)
        ],
        "runs": [_run_report(run) for run in runs],
    }


def _summary(name: str, runs: Sequence[ComparedRun]) -> AlgorithmSummary:
    tests = [run.result.holdout for run in runs if run.result.holdout]
    score = fmean(test.final_score for test in tests)
    costs = [run.result.cost for run in runs if run.result.cost is not None]
    return AlgorithmSummary(
        algorithm=name,
        runs=len(runs),
        score=score,
        interval=wilson_interval(score, min(test.n for test in tests)),
        gain=fmean(test.difference for test in tests),
        better=sum(test.verdict == "better" for test in tests),
        calls=fmean(run.result.calls for run in runs),
        tokens=fmean(run.tokens for run in runs),
        cost=fmean(costs) if len(costs) == len(runs) else None,
        seconds=fmean(run.result.seconds for run in runs),
    )


def _run_report(run: ComparedRun) -> dict[str, Any]:
    result, test = run.result, run.result.holdout
    points = zip(run.points.calls, run.points.scores, run.points.sizes, strict=True)
    return {
        "algorithm": run.algorithm,
        "seed": run.seed,
        "verdict": result.verdict,
        "seed_score": test.seed_score if test else None,
        "score": run.final_score,
        "gain": test.difference if test else None,
        "interval_of_gain": list(test.interval) if test else None,
        "holdout_size": test.n if test else None,
        "calls": result.calls,
        "tokens": run.tokens,
        "cost": result.cost,
        "wall_seconds": round(result.seconds, 3),
        "rounds": result.rounds,
        "stopped_because": result.stopped_because,
        "candidate_prompt": result.candidate_prompt,
        "final_prompt": result.final_prompt,
        "troubles": dict(result.troubles),
        "curve": [{"calls": calls, "score": score, "n": n} for calls, score, n in points],
    }
