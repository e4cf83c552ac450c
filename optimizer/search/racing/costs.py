"""What reflective racing takes at most: newcomers, optimizer calls, and the forecast of a search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from optimizer.config import OptimizeConfig, RacingConfig
from optimizer.search.algorithm import CallForecast
from optimizer.search.racing.demonstrated import spare_size
from optimizer.search.racing.rungs import race_calls, rung_sizes


def most_newcomers(racing: RacingConfig) -> int:
    """Return the most candidates that a round proposes: edits, a merge, demonstrations, two from words."""
    return racing.parents * racing.edits_per_parent + 4


def critic_calls(racing: RacingConfig) -> int:
    """Return the most optimizer calls of a round, summaries, merge and a person's words included."""
    each = racing.error_batches + racing.edits_per_parent + 1
    return racing.parents * each + 4


def reflection_size(racing: RacingConfig, pool: int) -> int:
    """Return how many examples of the pool are for reflection only."""
    return round(pool * racing.reflection_share)


def round_calls(racing: RacingConfig, raced: int, incumbents: int, reflected: int, calls_each: int) -> int:
    """Return the most calls of a round over ``raced`` examples with ``incumbents`` in the population."""
    evaluations = race_calls(racing, most_newcomers(racing), raced, incumbents)
    return critic_calls(racing) + (evaluations + racing.parents * reflected) * calls_each


def affordable_plan(
    racing: RacingConfig,
    raced: int,
    incumbents: int,
    reflected: int,
    calls_each: int,
    allows: Callable[[int], bool],
) -> RacingConfig | None:
    """Return the largest plan of a round that ``allows`` its calls; None when not even the smallest fits.

    A smaller plan has fewer edits per parent, then fewer parents: better a small round than none.
    """
    for parents in range(racing.parents, 0, -1):
        for edits in range(racing.edits_per_parent, 0, -1):
            plan = replace(racing, parents=parents, edits_per_parent=edits)
            if allows(round_calls(plan, raced, incumbents, reflected, calls_each)):
                return plan
    return None


def search_cost(config: OptimizeConfig, pool: int) -> CallForecast:
    """Return the forecast of a whole search over ``pool`` examples."""
    racing = config.racing
    reflected = reflection_size(racing, pool)
    raced = pool - reflected - spare_size(racing, pool)
    sizes = rung_sizes(racing, raced)
    each = race_calls(racing, most_newcomers(racing), raced, racing.population) + racing.parents * reflected
    task = sizes[-1] + config.rounds * each
    task += 4 * min(pool, config.final_choice_examples)
    return CallForecast(
        task, config.rounds * critic_calls(config.racing), 2 + config.rounds * (3 + len(sizes))
    )
