"""What a run will take at most, told before anything is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from optimizer.config import OptimizeConfig
from optimizer.metrics.judged import calls_per_answer
from optimizer.model.prices import cost_of, price_of
from optimizer.model.settings import ModelSettings
from optimizer.search.choose import choose_algorithm
from optimizer.statistics.split import holdout_size
from optimizer.task import Task

N = TypeVar("N", int, float | None)

_LETTERS_PER_TOKEN = 4
_ANSWER_TOKENS = 12
_CRITIC_TOKENS_IN = 900
_CRITIC_TOKENS_OUT = 350
_JUDGE_TOKENS_IN = 450
_JUDGE_TOKENS_OUT = 60


@dataclass(frozen=True, slots=True)
class Forecast:
    """Upper bounds: model calls, the cost in US dollars (None: price unknown), and waiting round-trips."""

    calls: int
    cost: float | None
    round_trips: int


def forecast(task: Task, config: OptimizeConfig, settings: ModelSettings) -> Forecast:
    """Estimate calls, cost and critical path of a run from the formulas of its algorithm."""
    holdout = holdout_size(len(task.examples), config.holdout_fraction, config.max_holdout)
    search = choose_algorithm(config.algorithm).forecast(config, len(task.examples) - holdout)
    task_calls = search.task_calls + 2 * holdout
    judge_calls = task_calls * calls_per_answer(task.metric)
    cost = _cost(task, settings, task_calls, search.critic_calls, judge_calls)
    calls = task_calls + search.critic_calls + judge_calls
    budget = config.budget
    return Forecast(_at_most(calls, budget.calls), _at_most(cost, budget.cost), search.round_trips + 1)


def _at_most(bound: N, limit: N | None) -> N:
    """Return the bound, or the budget's own limit where that is lower."""
    return bound if limit is None or bound is None else min(bound, limit)


def _cost(
    task: Task, settings: ModelSettings, task_calls: int, critic_calls: int, judge_calls: int
) -> float | None:
    sample = task.examples[:50]
    letters = len(task.prompt.text) + sum(len(item.shown) for item in sample) / len(sample)
    task_cost = cost_of(
        price_of(settings.task_model, settings.prices),
        round(task_calls * letters / _LETTERS_PER_TOKEN),
        task_calls * _ANSWER_TOKENS,
    )
    critic_cost = cost_of(
        price_of(settings.optimizer_model, settings.prices),
        critic_calls * _CRITIC_TOKENS_IN + judge_calls * _JUDGE_TOKENS_IN,
        critic_calls * _CRITIC_TOKENS_OUT + judge_calls * _JUDGE_TOKENS_OUT,
    )
    return None if task_cost is None or critic_cost is None else task_cost + critic_cost
