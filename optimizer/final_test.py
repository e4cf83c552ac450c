"""The final test: the first and the best prompt on the held-out examples, the only time they are touched."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from optimizer.concurrently import both
from optimizer.evaluation import Evaluator, Judged, count_unparseable
from optimizer.events import HoldoutDetails, HoldoutTested
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
    if best.text == task.prompt.text:
        first = second = await evaluator.evaluate(task.prompt, holdout)
    else:
        first, second = await both(
            evaluator.evaluate(task.prompt, holdout), evaluator.evaluate(best, holdout)
        )
    test = await asyncio.to_thread(_compare, task, first, second, seed)
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
        smallest_effect=smallest_effect(test.n, graded=is_graded(task.metric)),
        verdict=test.verdict,
        test=test.name,
    )
    return tested, holdout_details(first, second, task.labels)


def _compare(task: Task, first: Sequence[Judged], second: Sequence[Judged], seed: int) -> PairedTest:
    before, after = [item.outcome for item in first], [item.outcome for item in second]
    if isinstance(task.metric, AggregateMetric):
        expected = [item.example.expected for item in first]
        return aggregate_test(task.metric, expected, before, after, seed=seed)
    return paired_test([item.score for item in before], [item.score for item in after], seed=seed)
