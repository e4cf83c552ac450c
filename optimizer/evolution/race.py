"""Comparing methods on nested prefixes of the dev set, beside the incumbent's cached results."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optimizer.concurrently import together
from optimizer.evolution.evolver import Evolved, Evolver, count_failed
from optimizer.evolution.methods import Method
from optimizer.instructions.records import Instruction

_GROWTH = 5
"""A rung is at most so many times larger than the one before: two rungs for the paper's 50 instructions."""
_KEEP_ONE_IN = 2.5


@dataclass(frozen=True, slots=True)
class Standing:
    """A method's results on the first dev instructions, in their order."""

    method: Method
    results: tuple[Evolved, ...]

    @property
    def failed(self) -> int:
        """Failed evolutions so far."""
        return count_failed(self.results)

    @property
    def rate(self) -> float:
        """Evolution failure rate so far (0..1)."""
        return self.failed / len(self.results) if self.results else 0.0


OnRung = Callable[[Standing, bool], None]
"""Called with each standing of a rung, in order, and whether the method stays in the race."""


def rung_sizes(first: int, dev: int) -> tuple[int, ...]:
    """Return how many dev instructions a method has seen after each rung, in equal ratios; ends with ``dev``."""
    if first >= dev:
        return (dev,)
    steps = max(1, math.ceil(math.log(dev / first) / math.log(_GROWTH) - 1e-9))
    ratio = (dev / first) ** (1 / steps)
    return (*(round(first * ratio**step) for step in range(steps)), dev)


def survivors(candidates: int) -> int:
    """Return how many of ``candidates`` go to the next rung."""
    return max(1, round(candidates / _KEEP_ONE_IN))


def race_items(candidates: int, first: int, dev: int) -> int:
    """Return the most dev evolutions that a race of ``candidates`` pays for."""
    seen = total = 0
    for size in rung_sizes(first, dev):
        total += candidates * (size - seen)
        seen, candidates = size, survivors(candidates)
    return total


async def race(
    evolver: Evolver,
    methods: Sequence[Method],
    incumbent: Standing,
    dev: Sequence[Instruction],
    first_rung: int,
    on_rung: OnRung,
) -> Standing:
    """Return the method with the fewest failures on all of ``dev``; ties keep ``incumbent``.

    After each rung a method leaves that can no longer fail less often than the incumbent did on the
    whole set, and of the others the better ones go on; equal ones in the order of their proposal.

    Raises:
        ModelError, BudgetExhausted, RunCancelled: from the models' doors.
    """
    racing = list(methods)
    standings: list[Standing] = []
    sizes = rung_sizes(first_rung, len(dev))
    for size in sizes:
        results = await together(evolver.measure(method, dev[:size]) for method in racing)
        standings = [Standing(method, tuple(found)) for method, found in zip(racing, results, strict=True)]
        able = [item for item in standings if item.failed < incumbent.failed]
        able.sort(key=lambda item: item.failed)
        room = 1 if size == sizes[-1] else survivors(len(racing))
        kept = {item.method.id for item in able[:room]}
        for item in standings:
            on_rung(item, item.method.id in kept)
        racing = [item.method for item in standings if item.method.id in kept]
        if not racing:
            return incumbent
    return next(item for item in standings if item.method is racing[0])
