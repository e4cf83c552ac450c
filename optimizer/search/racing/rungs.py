"""Successive halving on nested prefixes: newcomers race against incumbents whose scores are cached."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from optimizer.concurrently import together
from optimizer.config import RacingConfig
from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import Candidate
from optimizer.search.racing.frontier import Standing

OnRung = Callable[[int, int, Sequence[Standing]], None]
"""``on_rung(number, rungs, standings)`` is told after each rung, from 1; standings hold its prefix only."""


def rung_sizes(racing: RacingConfig, pool: int) -> tuple[int, ...]:
    """Return the nested prefix sizes: the first rung, then ``eta`` times larger ones, within the pool."""
    sizes = [min(pool, racing.first_rung * racing.eta**rung) for rung in range(racing.rungs)]
    return tuple(dict.fromkeys(sizes))


async def race(
    context: SearchContext,
    newcomers: Sequence[Candidate],
    incumbents: Sequence[Standing],
    sizes: Sequence[int],
    on_rung: OnRung,
) -> tuple[Standing, ...]:
    """Return the newcomers that reached the last rung, with their results on its whole prefix.

    At each rung the best 1/eta of newcomers and incumbents together go on (incumbents cost nothing;
    they are never dropped from the population by losing a rung). Ties go to the earlier arm, and
    incumbents come first.
    """
    alive = list(newcomers)
    standings: list[Standing] = []
    for number, size in enumerate(sizes, start=1):
        prefix = context.pool[:size]
        judged = await together(context.evaluator.evaluate(item.prompt, prefix) for item in alive)
        standings = [Standing(item, tuple(results)) for item, results in zip(alive, judged, strict=True)]
        shown = [*incumbents, *standings]
        on_rung(number, len(sizes), shown)
        if number == len(sizes):
            break
        keep = max(1, math.ceil(len(shown) / context.config.racing.eta))
        order = sorted(range(len(shown)), key=lambda index: (-shown[index].mean(size), index))
        going_on = {shown[index].candidate.id for index in order[:keep]}
        alive = [item for item in alive if item.id in going_on]
        standings = []
        if not alive:
            break
    return tuple(standings)


def race_calls(racing: RacingConfig, newcomers: int, pool: int, incumbents: int) -> int:
    """Return the most evaluations that a race of ``newcomers`` against ``incumbents`` can take."""
    calls, alive, seen = 0, newcomers, 0
    for size in rung_sizes(racing, pool):
        calls += alive * (size - seen)
        seen = size
        alive = min(alive, math.ceil((alive + incumbents) / racing.eta))
    return calls
