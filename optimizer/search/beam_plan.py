"""What a beam search does at most: rounds, patience, and the calls of a round, for budget and forecast."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.config import OptimizeConfig
from optimizer.search.algorithm import CallForecast


@dataclass(frozen=True, slots=True)
class BeamPlan:
    """How long a search goes on, and what a round costs at most beside its selection."""

    minibatch: int
    """Task calls per parent."""
    critic: int
    """Calls to the optimizer model per parent."""
    successors: int
    """Candidates per parent that go to selection."""
    parents: int
    """Parents of a round after the first one, which has one."""
    rounds: int
    patience: int | None
    """Rounds without a better best candidate after which the search ends; None never ends it."""
    trips: int
    """Round-trips that wait for each other in a round before its selection."""
    shared_critic: int = 0
    """Calls to the optimizer model per round, whatever the parents."""


def plan_of_samples(config: OptimizeConfig) -> BeamPlan:
    """Return the plan of a search that makes each successor in one call, without looking at errors."""
    return BeamPlan(
        minibatch=0,
        critic=config.max_successors,
        successors=config.max_successors,
        parents=config.beam_width,
        rounds=config.rounds,
        patience=config.patience,
        trips=1,
    )


def round_calls(
    config: OptimizeConfig, plan: BeamPlan, parents: int, beam: int, pool: int
) -> tuple[int, int]:
    """Return the most calls of a round: to the optimizer model, and answers of the task model."""
    arms = beam + parents * plan.successors
    answers = parents * min(plan.minibatch, pool) + arms * min(config.evaluations_per_candidate, pool)
    return parents * plan.critic + plan.shared_critic, answers


def forecast_beam(config: OptimizeConfig, plan: BeamPlan, pool: int) -> CallForecast:
    """Add up a whole search over ``pool`` examples."""
    critic = 0
    answers = min(pool, config.evaluations_per_candidate)
    for number in range(plan.rounds):
        beam = min(1 + number * plan.successors, config.beam_width)
        critic_more, more = round_calls(config, plan, plan.parents if number else 1, beam, pool)
        critic, answers = critic + critic_more, answers + more
    answers += (config.beam_width + 1) * min(pool, config.final_choice_examples)
    arms = config.beam_width + plan.parents * plan.successors
    pulls = arms * config.evaluations_per_candidate
    waves = -(-pulls // (config.arms_per_wave * config.examples_per_pull))
    return CallForecast(answers, critic, 2 + plan.rounds * (plan.trips + waves))
