"""The ladder of nested prefixes: who climbs to the next rung, and how candidates on different rungs compare."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from optimizer.config import RacingConfig
from optimizer.search.racing.frontier import Standing


def rung_sizes(racing: RacingConfig, pool: int) -> tuple[int, ...]:
    """Return the nested prefix sizes: the first rung, then ``eta`` times larger ones, within the pool."""
    sizes = [min(pool, racing.first_rung * racing.eta**rung) for rung in range(racing.rungs)]
    return tuple(dict.fromkeys(sizes))


def climbers(standings: Sequence[Standing], size: int, eta: int, most: int) -> tuple[Standing, ...]:
    """Return who goes on from the rung of ``size`` examples, best first, at most ``most`` of them.

    As in asynchronous successive halving (ASHA, arXiv 1810.05934) these are the candidates among the
    best 1/eta of all that ever stood on this rung which have not gone on yet. A near miss of an earlier
    round keeps its place and climbs later, when the share has grown. Ties go to the earlier one.
    """
    here = [standing for standing in standings if len(standing.judged) >= size]
    order = sorted(range(len(here)), key=lambda index: (-here[index].mean(size), index))
    share = order[: len(here) // eta]
    waiting = [here[index] for index in share if len(here[index].judged) == size]
    return tuple(waiting[:most])


def next_in_line(standings: Sequence[Standing], size: int) -> tuple[Standing, ...]:
    """Return the best of those who wait on the rung of ``size`` examples, whatever their share: one or none."""
    waiting = [standing for standing in standings if len(standing.judged) == size]
    return (max(waiting, key=lambda standing: standing.mean()),) if waiting else ()


def most_climbers(newcomers: int, eta: int, rung: int) -> int:
    """Return how many may leave ``rung`` (from 0) in a round of ``newcomers``: eta times fewer each rung."""
    return -(-newcomers // int(eta ** (rung + 1)))


def climb_calls(sizes: Sequence[int], newcomers: int, eta: int) -> int:
    """Return the most evaluations that a round of ``newcomers`` takes on a ladder of ``sizes``."""
    calls = newcomers * sizes[0]
    for rung, (size, larger) in enumerate(itertools.pairwise(sizes)):
        calls += most_climbers(newcomers, eta, rung) * (larger - size)
    return calls


def ranked(standings: Sequence[Standing], sizes: Sequence[int], weight: int) -> tuple[Standing, ...]:
    """Return all standings, best first, by their advantage over those ahead on the ladder.

    The advantage is the difference to the mean of the candidates ahead on the same examples. It is
    regressed to the mean of all newcomers as if that had been seen on ``weight`` further examples: a high
    score on few examples is mostly luck. Ties keep the earlier one.
    """
    ahead = _ahead(standings, sizes)
    size = min(len(standing.judged) for standing in ahead)

    def advantage(standing: Standing, limit: int) -> tuple[float, int]:
        shared = min(limit, len(standing.judged))
        reference = sum(other.mean(shared) for other in ahead) / len(ahead)
        return standing.mean(shared) - reference, shared

    first = [advantage(standing, sizes[0])[0] for standing in standings]
    usual = sum(first) / len(first)

    def regressed(index: int) -> float:
        gain, seen = advantage(standings[index], size)
        return (gain * seen + usual * weight) / (seen + weight)

    order = sorted(range(len(standings)), key=lambda index: (-regressed(index), index))
    return tuple(standings[index] for index in order)


def _ahead(standings: Sequence[Standing], sizes: Sequence[int], few: int = 3) -> tuple[Standing, ...]:
    """Return those on the highest rung that a few have reached: what the others are measured against."""
    for size in reversed(sizes):
        here = tuple(standing for standing in standings if len(standing.judged) >= size)
        if len(here) >= few:
            return here
    return tuple(standings)
