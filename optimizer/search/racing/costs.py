"""What reflective racing takes at most: newcomers, optimizer calls, and the forecast of a search."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from optimizer.config import OptimizeConfig, RacingConfig
from optimizer.search.algorithm import CallForecast, SearchContext
from optimizer.search.racing.demonstrated import spare_size
from optimizer.search.racing.finish import final_calls
from optimizer.search.racing.ladder import climb_calls, rung_sizes


def most_newcomers(racing: RacingConfig) -> int:
    """Return the most candidates that a round proposes: edits, a merge, demonstrations, two from words."""
    return racing.parents * racing.edits_per_parent + 4


def critic_calls(racing: RacingConfig) -> int:
    """Return the most optimizer calls of a round, summaries, merge and a person's words included."""
    each = racing.error_batches + racing.edits_per_parent + 1
    return racing.parents * each + 3


def reflection_size(racing: RacingConfig, pool: int) -> int:
    """Return how many examples of the pool are for reflection only."""
    return round(pool * racing.reflection_share)


def first_calls(racing: RacingConfig, sizes: Sequence[int], reflected: int, calls_each: int) -> int:
    """Return the most calls of a round up to its first rung; each later climb is asked for by itself."""
    evaluations = most_newcomers(racing) * sizes[0] + racing.parents * reflected
    return critic_calls(racing) + evaluations * calls_each


def usual_calls(racing: RacingConfig, sizes: Sequence[int], reflected: int, calls_each: int) -> int:
    """Return what a round takes as a rule: its edits, and of each rung its share that goes on."""
    newcomers = racing.parents * racing.edits_per_parent + 1
    critic = racing.parents * (racing.error_batches + racing.edits_per_parent + 1) + 1
    evaluations = newcomers * sizes[0] + racing.parents * reflected
    for rung, (size, larger) in enumerate(itertools.pairwise(sizes), start=1):
        evaluations += round(newcomers * (larger - size) / racing.eta**rung)
    return critic + evaluations * calls_each


def plan_round(
    context: SearchContext, sizes: Sequence[int], reflected: int, room: int | None, kept: int
) -> RacingConfig | None:
    """Return the plan of the next round; None when not even the smallest one fits.

    ``room`` are the calls that the search had after its start (None: no limit), ``kept`` those that the
    final choice needs. A round takes at most its share of them, so that edits can build on edits: better
    several small rounds than one large one.
    """
    racing, calls_each = context.config.racing, context.evaluator.calls_each
    plans = [
        replace(racing, parents=parents, edits_per_parent=edits)
        for parents in range(racing.parents, 0, -1)
        for edits in range(racing.edits_per_parent, 0, -1)
        if edits > 1 or parents == 1
    ]
    generations = min(racing.generations, context.rounds)
    share = None if room is None else room * (1 - racing.final_share) / generations
    for plan in plans:
        small = share is None or usual_calls(plan, sizes, reflected, calls_each) <= share
        if (small or plan is plans[-1]) and context.ledger.allows(
            first_calls(plan, sizes, reflected, calls_each) + kept
        ):
            return plan
    return None


def search_cost(config: OptimizeConfig, pool: int) -> CallForecast:
    """Return the forecast of a whole search over ``pool`` examples."""
    racing = config.racing
    reflected = reflection_size(racing, pool)
    raced = pool - reflected - spare_size(racing, pool)
    sizes = rung_sizes(racing, raced)
    each = max(climb_calls(sizes, most_newcomers(racing), racing.eta), sizes[-1] - sizes[0])
    each += racing.parents * reflected
    task = sizes[min(1, len(sizes) - 1)] + config.rounds * each + final_calls(config, raced, 1)
    return CallForecast(
        task, config.rounds * critic_calls(config.racing), 2 + config.rounds * (3 + len(sizes))
    )
