"""What an evolution will take, told before anything is paid, and the formulas by which budgets are planned."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.evolver import calls_each
from optimizer.evolution.measured import measuring_calls
from optimizer.evolution.model_names import answer_model, evol_model
from optimizer.evolution.race import race_items, rung_sizes
from optimizer.evolution.sampling import DataSample, searches
from optimizer.model.prices import cost_of, price_of
from optimizer.model.settings import ModelSettings

_LETTERS_PER_TOKEN = 4
_WRAPPER_TOKENS = 250
_STEPS_TOKENS = 450
"""What an evolving model writes: its lists, its plan, and the instruction twice."""
_ANSWER_TOKENS = 350
_GROWN = 1.5
"""Length of an evolved instruction over the original's."""
_ANALYSIS_TOKENS = 350
_JUDGEMENT_TOKENS = 60


@dataclass(frozen=True, slots=True)
class EvolutionForecast:
    """Calls, their cost in US dollars (None: price unknown), and the round-trips that wait for each other.

    Upper bounds for the search and the test; the application is counted with one attempt per usable
    row. Retried rows (at most as many calls again) and replies that are asked for again come on top.
    """

    calls: int
    cost: float | None
    round_trips: int


@dataclass(frozen=True, slots=True)
class _Counted:
    evolve: int = 0
    answer: int = 0
    optimizer: int = 0
    judge: int = 0

    def __add__(self, other: _Counted) -> _Counted:
        return _Counted(
            self.evolve + other.evolve,
            self.answer + other.answer,
            self.optimizer + other.optimizer,
            self.judge + other.judge,
        )

    @property
    def calls(self) -> int:
        return self.evolve + self.answer + self.optimizer + self.judge


def baseline_calls(config: EvolveConfig, dev: int) -> int:
    """Return the most calls that scoring the first method on ``dev`` instructions takes."""
    return dev * calls_each(config, answered=True)


def step_calls(config: EvolveConfig, candidates: int, batch: int, dev: int) -> int:
    """Return the most calls of a step in which every reply is readable: 291 with the paper's settings."""
    each = calls_each(config, answered=False)
    items = race_items(candidates, config.first_rung, dev)
    return batch * (config.rounds * each + 1) + 2 * candidates + 1 + items * calls_each(config, answered=True)


def step_round_trips(config: EvolveConfig, dev: int) -> int:
    """Return the round-trips of a step that wait for each other: 8 with the paper's settings."""
    judged = 1 if config.judge else 0
    rungs = len(rung_sizes(config.first_rung, dev))
    return config.rounds * (1 + judged) + 1 + 2 + rungs * (2 + judged)


def holdout_calls(config: EvolveConfig, holdout: int) -> int:
    """Return the most calls of the test of two methods on ``holdout`` instructions."""
    return 2 * holdout * calls_each(config, answered=True)


def application_calls(config: EvolveConfig, usable: int) -> int:
    """Return the most calls of applying a method to ``usable`` rows once each."""
    return usable * calls_each(config, answered=config.answers)


def forecast_evolution(
    config: EvolveConfig, sample: DataSample, settings: ModelSettings, method: str, *, applied: bool
) -> EvolutionForecast:
    """Estimate calls, cost and critical path of a run. ``applied``: the method is applied to all rows."""
    search, round_trips = _search(config, sample)
    usable = sample.rows - sample.unusable if applied else 0
    judged = usable + measuring_calls(config, usable) if config.judge else 0
    counted = search + _Counted(usable, usable if config.answers else 0, 0, judged)
    if usable:
        waves = -(-usable // settings.concurrency)
        round_trips += waves * (1 + config.answers + bool(config.judge))
    return EvolutionForecast(counted.calls, _cost(config, counted, sample, settings, method), round_trips)


def _search(config: EvolveConfig, sample: DataSample) -> tuple[_Counted, int]:
    if not searches(config):
        return _Counted(), 0
    dev, holdout, batch = len(sample.dev), len(sample.holdout), min(config.batch, len(sample.pool))
    steps = config.steps if config.algorithm == "auto-evol" else 0
    measured = dev + (2 if steps else 1) * holdout
    each = config.candidates
    items = steps * race_items(each, config.first_rung, dev)
    evolved = measured + items + steps * batch * config.rounds
    answered = measured + items + steps * batch
    counted = _Counted(evolved, answered, steps * (2 * each + 1), evolved if config.judge else 0)
    waits = (2 + bool(config.judge)) * ((not steps) + bool(holdout))
    return counted, steps * step_round_trips(config, dev) + waits


def _cost(
    config: EvolveConfig, counted: _Counted, sample: DataSample, settings: ModelSettings, method: str
) -> float | None:
    length = round(sample.letters / _LETTERS_PER_TOKEN)
    method_length = len(method) // _LETTERS_PER_TOKEN
    grown = round(length * _GROWN)
    seen = round(config.batch * (length + grown + _ANSWER_TOKENS)) + method_length + _WRAPPER_TOKENS
    shares = (
        (
            evol_model(settings),
            counted.evolve,
            method_length + length + _WRAPPER_TOKENS,
            _STEPS_TOKENS + 2 * grown,
        ),
        (answer_model(settings), counted.answer, grown, _ANSWER_TOKENS),
        (settings.optimizer_model, counted.optimizer, seen, _ANALYSIS_TOKENS + method_length // 2),
        (
            settings.optimizer_model,
            counted.judge,
            length + grown + _WRAPPER_TOKENS,
            _JUDGEMENT_TOKENS,
        ),
    )
    total = 0.0
    for name, calls, tokens_in, tokens_out in shares:
        cost = cost_of(price_of(name, settings.prices), calls * tokens_in, calls * tokens_out)
        if cost is None:
            return None
        total += cost
    return total
