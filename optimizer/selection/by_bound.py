"""Pulling the arms with the highest upper bound, several at a time: the frame of UCB and UCB-E."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from optimizer.concurrently import together
from optimizer.selection.arms import Arm, OnWave, Pull, ranked

Bound = Callable[[float, int, int], float]
"""``bound(mean, pulls, total)`` of an arm after ``total`` pulls of all arms; infinite for no pulls."""


class HighestBoundFirst:
    """Each wave shows the ``arms_per_wave`` arms with the highest bound their next examples.

    A pull shows ``examples_per_pull`` examples of the shared order; means are cumulative.
    """

    def __init__(self, name: str, bound: Bound, *, arms_per_wave: int, examples_per_pull: int) -> None:
        self.name = name
        self._bound = bound
        self._arms_per_wave = arms_per_wave
        self._examples_per_pull = examples_per_pull

    async def select(self, arms: int, pool: int, budget: int, pull: Pull, on_wave: OnWave) -> tuple[Arm, ...]:
        """See ``Selector.select``."""
        table = [Arm(index) for index in range(arms)]
        step = max(1, min(self._examples_per_pull, pool, budget // max(1, arms)))
        spent = 0
        wave = 0
        waves = math.ceil(min(budget, arms * pool) / (step * min(self._arms_per_wave, arms)))
        while chosen := self._choose(table, pool, (budget - spent) // step):
            stops = [min(pool, arm.pulls + step) for arm in chosen]
            scores = await together(
                pull(arm.index, arm.pulls, stop) for arm, stop in zip(chosen, stops, strict=True)
            )
            for arm, new in zip(chosen, scores, strict=True):
                arm.scores.extend(new)
                spent += len(new)
            wave += 1
            on_wave(wave, max(wave, waves), spent, table)
        return ranked(table)

    def _choose(self, table: Sequence[Arm], pool: int, affordable: int) -> list[Arm]:
        """Return the arms to pull next: highest bound first, as many as a wave and the budget hold."""
        total = sum(arm.pulls for arm in table)
        open_arms = [arm for arm in table if arm.pulls < pool]
        by_bound = sorted(open_arms, key=lambda arm: (-self._bound(arm.mean, arm.pulls, total), arm.index))
        return by_bound[: max(0, min(self._arms_per_wave, affordable))]
