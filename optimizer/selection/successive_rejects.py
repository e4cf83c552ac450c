"""Successive rejects: in every phase all survivors see the same examples and the worst one goes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from optimizer.selection.arms import Arm, OnWave, Pull, ranked
from optimizer.selection.pulling import show_one_each, show_up_to, survivors_first


class SuccessiveRejects:
    """Fixed-budget best-arm identification (Audibert, Bubeck and Munos 2010), on cumulative means.

    Stops when ``keep`` arms are left and spreads the whole budget over the phases until then; with
    ``keep`` 1 the phases are the paper's. Never spends more than the budget. Phases that need no new
    example cost no wave.
    """

    name = "successive-rejects"

    def __init__(self, *, keep: int) -> None:
        self._keep = keep

    async def select(self, arms: int, pool: int, budget: int, pull: Pull, on_wave: OnWave) -> tuple[Arm, ...]:
        """See ``Selector.select``."""
        table = [Arm(index) for index in range(arms)]
        lengths = [min(pool, length) for length in phase_lengths(arms, budget, min(self._keep, arms))]
        if not lengths:
            spent = await show_one_each(table, budget, pull)
            on_wave(1, 1, spent, table)
            return ranked(table)
        waves = sorted(set(lengths))
        alive: Sequence[Arm] = table
        rejected: list[Arm] = []
        spent = 0
        for length in lengths:
            new = await show_up_to(alive, length, pull)
            if new:
                spent += new
                on_wave(waves.index(length) + 1, len(waves), spent, table)
            if len(alive) > self._keep:
                *alive, worst = ranked(alive)
                rejected.append(worst)
        return survivors_first(alive, rejected)


def phase_lengths(arms: int, budget: int, keep: int = 1) -> list[int]:
    """Return n_k, the examples that each survivor has seen by the end of phase k = 1 .. arms - keep.

    n_k = ceil((B - n) / (log_bar(n) * (n + 1 - k))). When all arms are kept there is one phase.
    Empty when the budget does not pay one example for every arm.
    """
    if budget < arms:
        return []
    if arms <= keep:
        return [budget // arms]
    share = (budget - arms) / log_bar(arms, keep)
    return [max(1, math.ceil(share / (arms + 1 - phase))) for phase in range(1, arms - keep + 1)]


def log_bar(arms: int, keep: int = 1) -> float:
    """Return b / (b + 1) + sum of 1 / i for i = b + 1 .. n; with b = 1 the paper's 1/2 + sum from 2.

    It is the constant that makes all phases together cost the budget when b arms survive.
    """
    return keep / (keep + 1) + sum(1 / rank for rank in range(keep + 1, arms + 1))
