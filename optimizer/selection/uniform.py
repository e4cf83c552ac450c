"""Uniform selection: every arm sees the same first examples. The baseline of all bandits."""

from __future__ import annotations

from optimizer.concurrently import together
from optimizer.selection.arms import Arm, OnWave, Pull, ranked


class UniformSelector:
    """Gives each arm budget / arms examples, in one wave."""

    name = "uniform"

    async def select(self, arms: int, pool: int, budget: int, pull: Pull, on_wave: OnWave) -> tuple[Arm, ...]:
        """See ``Selector.select``."""
        each = min(pool, max(1, budget // max(1, arms)))
        affordable = min(arms, budget)
        scores = await together(pull(index, 0, each) for index in range(affordable))
        table = [Arm(index, list(scores[index]) if index < affordable else []) for index in range(arms)]
        on_wave(1, 1, affordable * each, table)
        return ranked(table)
