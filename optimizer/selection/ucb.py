"""UCB bandit selection as in ProTeGi (algorithm 3, section 3.3), pulling several arms at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

from optimizer.concurrently import together
from optimizer.selection.arms import Arm, OnWave, Pull, ranked


class UcbSelector:
    """Pulls the arms with the highest Q + c * sqrt(ln t / N), in batches.

    ``t`` counts the examples pulled so far over all arms, so the bonus is never ln of a round index;
    an arm that was never pulled comes first. Each pull shows an arm the next ``examples_per_pull``
    examples of the shared order; means are cumulative.
    """

    name = "ucb"

    def __init__(self, *, c: float, arms_per_wave: int, examples_per_pull: int) -> None:
        self._c = c
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
        by_bound = sorted(open_arms, key=lambda arm: (-self._bound(arm, total), arm.index))
        return by_bound[: max(0, min(self._arms_per_wave, affordable))]

    def _bound(self, arm: Arm, total: int) -> float:
        return upper_bound(arm.mean, arm.pulls, total, self._c)


def upper_bound(mean: float, pulls: int, total: int, c: float) -> float:
    """Return Q + c * sqrt(ln t / N); infinite for an arm that was never pulled."""
    if pulls == 0:
        return math.inf
    return mean + c * math.sqrt(math.log(max(1, total)) / pulls)
