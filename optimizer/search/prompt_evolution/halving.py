"""Successive halving of a generation's variants against the best incumbent, whose scores are cached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.concurrently import together
from optimizer.events import ArmScore, RungScored
from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import Candidate
from optimizer.search.racing.frontier import Standing
from optimizer.selection.arms import Arm
from optimizer.selection.successive_halving import SuccessiveHalving, rung_sizes

_KEEP = 1


@dataclass(frozen=True, slots=True)
class Trial:
    """A variant's scores on as many examples of the shared order as it was shown."""

    candidate: Candidate
    scores: tuple[float, ...]


async def halve(
    context: SearchContext, number: int, best: Standing, variants: Sequence[Candidate], depth: int
) -> tuple[tuple[Trial, ...], tuple[Standing, ...]]:
    """Return how every variant did, in the given order, and the finalists on the first ``depth`` examples.

    All arms are shown nested prefixes of one example order. The best incumbent goes first, so that it
    wins ties; when no variant is left beside it, its cached scores make the rest of the race free.
    """
    arms = (best.candidate, *variants)
    eta, pool = context.config.halving_eta, context.pool[:depth]

    async def pull(arm: int, start: int, stop: int) -> Sequence[float]:
        judged = await context.evaluator.evaluate(arms[arm].prompt, pool[start:stop])
        return [item.outcome.score for item in judged]

    def on_wave(wave: int, waves: int, evaluations: int, table: Sequence[Arm]) -> None:
        scores = tuple(ArmScore(arms[arm.index].id, arm.mean, arm.pulls) for arm in table)
        context.emit(RungScored(number, wave, waves, evaluations, scores))

    selector = SuccessiveHalving(eta=eta, keep=_KEEP)
    budget = selection_budget(len(arms), depth, eta)
    ranking = await selector.select(len(arms), len(pool), budget, pull, on_wave)
    deepest = max(arm.pulls for arm in ranking)
    finalists = [arms[arm.index] for arm in ranking if arm.pulls == deepest and arm.index > 0]
    judged = await together(context.evaluator.evaluate(item.prompt, pool) for item in finalists)
    standings = tuple(Standing(item, tuple(some)) for item, some in zip(finalists, judged, strict=True))
    by_place = sorted((arm for arm in ranking if arm.index > 0), key=lambda arm: arm.index)
    return tuple(Trial(arms[arm.index], tuple(arm.scores)) for arm in by_place), standings


def selection_budget(arms: int, depth: int, eta: int) -> int:
    """Return the evaluations with which the last rung of ``arms`` arms reaches about ``depth`` examples."""
    sizes = rung_sizes(arms, eta, _KEEP)
    return max(arms * len(sizes), int(depth * len(sizes) / sum(1 / size for size in sizes)))


def halving_calls(variants: int, depth: int, eta: int) -> int:
    """Return the most new evaluations that halving ``variants`` beside one cached incumbent takes."""
    sizes = rung_sizes(variants + 1, eta, _KEEP)
    budget = selection_budget(variants + 1, depth, eta)
    calls = seen = 0
    for size in sizes:
        more = min(depth - seen, budget // (size * len(sizes)))
        calls, seen = calls + min(size, variants) * more, seen + more
    return calls + min(sizes[-1], variants) * (depth - seen)
