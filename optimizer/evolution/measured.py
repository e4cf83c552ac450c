"""Complexity and diversity of the measured rows before and after an application."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from optimizer.concurrently import both, together
from optimizer.errors import BudgetExhausted
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.events import DataMeasured
from optimizer.evolution.evolver import JUDGE_CALLS, Evolver
from optimizer.evolution.measures import measure

_JUDGED_ROWS = 50


def measuring_calls(config: EvolveConfig, usable: int) -> int:
    """Return the most calls that measuring takes: none without a judging model."""
    return 2 * JUDGE_CALLS * min(_JUDGED_ROWS, usable) if config.judge else 0


async def measure_change(
    evolver: Evolver, config: EvolveConfig, before: Sequence[str], after: Sequence[str]
) -> DataMeasured | None:
    """Measure the same rows before and after; None when there is none.

    The judging model, if there is one, judges the first fifty; without budget for that they stay unjudged.

    Raises:
        ModelError, RunCancelled: from the judging model's door.
    """
    if not before:
        return None
    scores: tuple[list[float], list[float]] = ([], [])
    if config.judge:
        try:
            scores = await both(_scores(evolver, before, before), _scores(evolver, before, after))
        except BudgetExhausted:
            scores = ([], [])
    first, second = await asyncio.gather(
        asyncio.to_thread(measure, before, None, scores[0]),
        asyncio.to_thread(measure, after, None, scores[1]),
    )
    return DataMeasured(len(before), first, second)


async def _scores(evolver: Evolver, originals: Sequence[str], texts: Sequence[str]) -> list[float]:
    """Judge the texts against their originals; what was judged in the application is not paid again."""
    pairs = zip(originals[:_JUDGED_ROWS], texts[:_JUDGED_ROWS], strict=True)
    verdicts = await together(
        evolver.judge(original, text, number) for number, (original, text) in enumerate(pairs)
    )
    return [verdict.score for verdict in verdicts if verdict is not None]
