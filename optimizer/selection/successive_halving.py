"""Successive halving: a few rungs of equal price, each of which keeps the best part of the arms."""

from __future__ import annotations

import math
from collections.abc import Sequence

from optimizer.selection.arms import Arm, OnWave, Pull, ranked
from optimizer.selection.pulling import show_one_each, show_up_to, survivors_first


class SuccessiveHalving:
    """Keeps the best 1/eta of the arms after each rung until ``keep`` are left (Karnin et al. 2013).

    Every rung costs budget / rungs and shows all survivors the same next examples of the shared
    order; means are cumulative. With eta 2 and keep 1 these are the paper's rounds.
    """

    name = "successive-halving"

    def __init__(self, *, eta: int, keep: int) -> None:
        self._eta = eta
        self._keep = keep

    async def select(self, arms: int, pool: int, budget: int, pull: Pull, on_wave: OnWave) -> tuple[Arm, ...]:
        """See ``Selector.select``."""
        table = [Arm(index) for index in range(arms)]
        sizes = rung_sizes(arms, self._eta, self._keep)
        if budget // (arms * len(sizes)) == 0:
            spent = await show_one_each(table, budget, pull)
            on_wave(1, 1, spent, table)
            return ranked(table)
        alive: Sequence[Arm] = table
        rejected: list[Arm] = []
        seen = spent = 0
        for rung, size in enumerate(sizes, start=1):
            ranking = ranked(alive)
            rejected.extend(reversed(ranking[size:]))
            alive = ranking[:size]
            seen = min(pool, seen + budget // (size * len(sizes)))
            spent += await show_up_to(alive, seen, pull)
            on_wave(rung, len(sizes), spent, table)
        return survivors_first(alive, rejected)


def rung_sizes(arms: int, eta: int, keep: int) -> list[int]:
    """Return how many arms each rung looks at: n, n / eta, … rounded up, while more than ``keep``."""
    sizes = [arms]
    while (smaller := max(keep, math.ceil(sizes[-1] / eta))) > keep:
        sizes.append(smaller)
    return sizes
