"""The final test: the first and the best prompt on the held-out examples, the only time a run touches them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from optimizer.concurrently import both
from optimizer.earlier_tests import look_at, pair_print, rows_print
from optimizer.evaluation import Evaluator, Judged, count_unparseable
from optimizer.holdout_events import HoldoutDetails, HoldoutTested
from optimizer.metrics.judged import AggregateMetric, is_graded
from optimizer.prompts.prompt import Prompt
from optimizer.statistics.changes import holdout_details
from optimizer.statistics.paired import PairedTest, aggregate_test, paired_test, smallest_effect
from optimizer.task import Example, Task


async def run_final_test(
    task: Task, evaluator: Evaluator, holdout: Sequence[Example], best: Prompt, seed: int
) -> tuple[HoldoutTested, HoldoutDetails]:
    """Score both prompts on ``holdout`` and compare them example by example.

    Raises:
        ModelError, BudgetExhausted, RunCancelled: from the model's door.
    """
    rows = holdout_print(holdout)
    pair = pair_print(task.prompt.text, best.text)
    look = look_at(task.earlier_tests, rows, pair)
    if best.text == task.prompt.text:
        first = second = await evaluator.evaluate(task.prompt, holdout)
    else:
        first, second = await both(
            evaluator.evaluate(task.prompt, holdout), evaluator.evaluate(best, holdout)
        )
    test = await asyncio.to_thread(_compare, task, first, second, seed, look.threshold)
    tested = HoldoutTested(
        n=test.n,
        seed_score=evaluator.score(first),
        final_score=evaluator.score(second),
        difference=test.difference,
        interval=test.interval,
        p_value=test.p_value,
        won=test.won,
        lost=test.lost,
        seed_unparseable=count_unparseable(first),
        final_unparseable=count_unparseable(second),
        smallest_effect=smallest_effect(test.n, graded=is_graded(task.metric), threshold=look.threshold),
        verdict=test.verdict,
        test=test.name,
        look=look.number,
        threshold=look.threshold,
        rows=rows,
        pair=pair,
    )
    return tested, holdout_details(first, second, task.labels)


def holdout_print(holdout: Sequence[Example]) -> str:
    """Return the fingerprint of held-out examples: what the model reads, and what is expected."""
    return rows_print(
        json.dumps([example.inputs, example.expected], ensure_ascii=True) for example in holdout
    )


def _compare(
    task: Task, first: Sequence[Judged], second: Sequence[Judged], seed: int, threshold: float
) -> PairedTest:
    before, after = [item.outcome for item in first], [item.outcome for item in second]
    if isinstance(task.metric, AggregateMetric):
        expected = [item.example.expected for item in first]
        return aggregate_test(task.metric, expected, before, after, seed=seed, threshold=threshold)
    scores = [item.score for item in before], [item.score for item in after]
    return paired_test(*scores, seed=seed, threshold=threshold)
