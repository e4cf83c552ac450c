"""What reflective racing takes at most: newcomers, optimizer calls, and the forecast of a search."""

from __future__ import annotations

from optimizer.config import OptimizeConfig, RacingConfig
from optimizer.search.algorithm import CallForecast
from optimizer.search.racing.rungs import race_calls, rung_sizes


def most_newcomers(racing: RacingConfig) -> int:
    """Return the most candidates that a round proposes: edits, a merge, demonstrations, two from words."""
    return racing.parents * racing.edits_per_parent + 4


def critic_calls(racing: RacingConfig) -> int:
    """Return the most optimizer calls of a round, summaries, merge and a person's words included."""
    each = racing.error_batches + racing.edits_per_parent + 1
    return racing.parents * each + 4


def search_cost(config: OptimizeConfig, pool: int) -> CallForecast:
    """Return the forecast of a whole search over ``pool`` examples."""
    sizes = rung_sizes(config.racing, pool)
    task = sizes[-1] + config.rounds * race_calls(config.racing, most_newcomers(config.racing), pool)
    task += 4 * min(pool, config.final_choice_examples)
    return CallForecast(
        task, config.rounds * critic_calls(config.racing), 2 + config.rounds * (3 + len(sizes))
    )
