"""The test of the final against the first method on held-out instructions, the only time a run touches them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from optimizer.concurrently import both
from optimizer.earlier_tests import EarlierTest, look_at, pair_print, rows_print
from optimizer.evolution.evolver import Evolved, Evolver
from optimizer.evolution.methods import Method
from optimizer.holdout_events import HoldoutTested
from optimizer.instructions.records import Instruction
from optimizer.statistics.paired import paired_test, smallest_effect


async def compare_on_holdout(
    evolver: Evolver,
    first: Method,
    final: Method,
    holdout: Sequence[Instruction],
    earlier: Sequence[EarlierTest] = (),
) -> HoldoutTested:
    """Evolve ``holdout`` with both methods and compare them pair by pair; score: evolved without failure.

    Raises:
        ModelError, BudgetExhausted, RunCancelled: from the models' doors.
    """
    if first.text == final.text:
        before = after = await evolver.measure(first, holdout)
    else:
        before, after = await both(evolver.measure(first, holdout), evolver.measure(final, holdout))
    rows, pair = holdout_print(holdout), pair_print(first.text, final.text)
    look = look_at(earlier, rows, pair)
    test = paired_test(_scores(before), _scores(after), threshold=look.threshold)
    return HoldoutTested(
        n=test.n,
        seed_score=sum(_scores(before)) / test.n,
        final_score=sum(_scores(after)) / test.n,
        difference=test.difference,
        interval=test.interval,
        p_value=test.p_value,
        won=test.won,
        lost=test.lost,
        seed_unparseable=_unreadable(before),
        final_unparseable=_unreadable(after),
        smallest_effect=smallest_effect(test.n, threshold=look.threshold),
        verdict=test.verdict,
        test=test.name,
        look=look.number,
        threshold=look.threshold,
        rows=rows,
        pair=pair,
    )


def holdout_print(holdout: Sequence[Instruction]) -> str:
    """Return the fingerprint of held-out instructions."""
    return rows_print(json.dumps([item.text, item.context]) for item in holdout)


def _scores(results: Sequence[Evolved]) -> list[float]:
    return [0.0 if item.failure is not None else 1.0 for item in results]


def _unreadable(results: Sequence[Evolved]) -> int:
    return sum(not item.text for item in results)
