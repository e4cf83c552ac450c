"""Stochastic successive rejects: each phase looks at a random few survivors and drops their worst."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.concurrently import together
from optimizer.seeds import generator
from optimizer.selection.arms import Arm, OnWave, Pull, ranked
from optimizer.selection.pulling import survivors_first


class StochasticRejects:
    """Successive rejects over random subsets of ``arms_per_wave`` survivors, on cumulative means.

    Named in ProTeGi's released code and not in the paper; there each phase judges its own sample alone.
    Each of the n - keep phases shows its arms the same number of further examples:
    budget / (phases * arms_per_wave), rounded down, so that the budget holds.
    """

    name = "stochastic-rejects"

    def __init__(self, *, keep: int, arms_per_wave: int, seed: int) -> None:
        self._keep = keep
        self._arms_per_wave = arms_per_wave
        self._seed = seed

    async def select(self, arms: int, pool: int, budget: int, pull: Pull, on_wave: OnWave) -> tuple[Arm, ...]:
        """See ``Selector.select``."""
        table = [Arm(index) for index in range(arms)]
        phases = max(1, arms - self._keep)
        width = min(self._arms_per_wave, arms)
        step = max(1, budget // (phases * width))
        random = generator(self._seed, "stochastic-rejects", arms, pool, budget)
        alive: Sequence[Arm] = table
        rejected: list[Arm] = []
        spent = 0
        for phase in range(1, phases + 1):
            drawn = random.sample(list(alive), min(width, len(alive)))
            new = await _show_more(drawn, step, pool, budget - spent, pull)
            if new:
                spent += new
                on_wave(phase, phases, spent, table)
            if len(alive) > self._keep:
                worst = ranked(drawn)[-1]
                alive = [arm for arm in alive if arm is not worst]
                rejected.append(worst)
        return survivors_first(alive, rejected)


async def _show_more(arms: Sequence[Arm], step: int, pool: int, left: int, pull: Pull) -> int:
    """Show each arm ``step`` further examples, as far as pool and budget reach; return the evaluations."""
    spans = []
    for arm in arms:
        count = min(step, pool - arm.pulls, left)
        left -= count
        if count > 0:
            spans.append((arm, count))
    scores = await together(pull(arm.index, arm.pulls, arm.pulls + count) for arm, count in spans)
    for (arm, _), new in zip(spans, scores, strict=True):
        arm.scores.extend(new)
    return sum(count for _, count in spans)
