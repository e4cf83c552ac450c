"""What a run will take at most, told before anything is paid."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.config import OptimizeConfig
from optimizer.model.prices import cost_of, price_of
from optimizer.model.settings import ModelSettings
from optimizer.search.protegi import round_calls
from optimizer.statistics.split import holdout_size
from optimizer.task import Task

_LETTERS_PER_TOKEN = 4
_ANSWER_TOKENS = 12
_CRITIC_TOKENS_IN = 900
_CRITIC_TOKENS_OUT = 350


@dataclass(frozen=True, slots=True)
class Forecast:
    """Upper bounds: model calls, the cost in US dollars (None: price unknown), and waiting round-trips."""

    calls: int
    cost: float | None
    round_trips: int


def forecast(task: Task, config: OptimizeConfig, settings: ModelSettings) -> Forecast:
    """Estimate calls, cost and critical path of a run from the formulas of the algorithm."""
    holdout = holdout_size(len(task.examples), config.holdout_fraction, config.max_holdout)
    pool = len(task.examples) - holdout
    rounds = [1, *[config.beam_width] * (config.rounds - 1)]
    search = sum(round_calls(config, parents, pool) for parents in rounds)
    final = (config.beam_width + 1) * min(pool, config.final_choice_examples) + 2 * holdout
    critic = sum(_critic_calls(config, parents) for parents in rounds)
    calls = min(pool, config.evaluations_per_candidate) + search + final
    waves = -(-config.evaluations_per_candidate * 2 // max(1, config.examples_per_pull))
    return Forecast(calls, _cost(task, settings, calls - critic, critic), 1 + config.rounds * (4 + waves) + 2)


def _critic_calls(config: OptimizeConfig, parents: int) -> int:
    return round_calls(config, parents, 0)


def _cost(task: Task, settings: ModelSettings, task_calls: int, critic_calls: int) -> float | None:
    sample = task.examples[:50]
    letters = len(task.prompt.text) + sum(len(item.shown) for item in sample) / len(sample)
    task_cost = cost_of(
        price_of(settings.task_model, settings.prices),
        round(task_calls * letters / _LETTERS_PER_TOKEN),
        task_calls * _ANSWER_TOKENS,
    )
    critic_cost = cost_of(
        price_of(settings.optimizer_model, settings.prices),
        critic_calls * _CRITIC_TOKENS_IN,
        critic_calls * _CRITIC_TOKENS_OUT,
    )
    return None if task_cost is None or critic_cost is None else task_cost + critic_cost
