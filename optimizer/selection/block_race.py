"""Block race: arms run over blocks of shared examples; those shown to be worse leave the race."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from optimizer.selection.arms import Arm, OnWave, Pull, ranked
from optimizer.selection.pulling import show_one_each, show_up_to, survivors_first


class BlockRace:
    """After each block an arm leaves when it is significantly worse than the ``keep``-th best arm.

    A race in the line of F-Race, over blocks of examples as in CAPO.
    The test is one-sided and paired, at level ``alpha``, on all examples seen so far. The race ends
    when ``keep`` arms are left, the pool is through, or the budget does not pay one more example for
    every survivor. Easy races end early and cheap; many waves are the price.
    """

    name = "block-race"

    def __init__(self, *, block: int, alpha: float, keep: int) -> None:
        self._block = block
        self._threshold = statistics.NormalDist().inv_cdf(1 - alpha)
        self._keep = keep

    async def select(self, arms: int, pool: int, budget: int, pull: Pull, on_wave: OnWave) -> tuple[Arm, ...]:
        """See ``Selector.select``."""
        table = [Arm(index) for index in range(arms)]
        if budget < arms:
            spent = await show_one_each(table, budget, pull)
            on_wave(1, 1, spent, table)
            return ranked(table)
        alive: Sequence[Arm] = table
        rejected: list[Arm] = []
        seen = spent = wave = 0
        while (more := min(self._block, pool - seen, (budget - spent) // len(alive))) > 0:
            seen += more
            wave += 1
            spent += await show_up_to(alive, seen, pull)
            on_wave(wave, max(wave, math.ceil(min(pool, budget // arms) / self._block)), spent, table)
            alive, leaving = self._cut(alive)
            rejected.extend(leaving)
            if len(alive) <= self._keep:
                break
        return survivors_first(alive, rejected)

    def _cut(self, alive: Sequence[Arm]) -> tuple[Sequence[Arm], list[Arm]]:
        """Return who stays, best first, and who leaves, worst first."""
        ranking = ranked(alive)
        mark = ranking[: self._keep][-1]
        worse = {
            arm.index for arm in ranking[self._keep :] if paired_z(mark.scores, arm.scores) > self._threshold
        }
        staying = [arm for arm in ranking if arm.index not in worse]
        return staying, [arm for arm in reversed(ranking) if arm.index in worse]


def paired_z(better: Sequence[float], worse: Sequence[float]) -> float:
    """Return the mean of the paired differences over its standard error; 0 when they are all zero."""
    differences = [one - other for one, other in zip(better, worse, strict=True)]
    n = len(differences)
    mean = sum(differences) / n if n else 0.0
    if n < 2 or mean == 0:
        return 0.0
    variance = sum((difference - mean) ** 2 for difference in differences) / (n - 1)
    return mean * math.sqrt(n / variance) if variance else math.copysign(math.inf, mean)
