"""What a selector sees: arms (candidates), a shared example order, and a way to pull an arm."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Pull = Callable[[int, int, int], Coroutine[Any, Any, Sequence[float]]]
"""``await pull(arm, start, stop)`` returns the arm's scores on the shared order's examples [start, stop)."""


@dataclass(slots=True)
class Arm:
    """A bandit arm: the scores it has shown so far, always on a prefix of the shared example order."""

    index: int
    scores: list[float] = field(default_factory=list)

    @property
    def pulls(self) -> int:
        """Examples seen, N."""
        return len(self.scores)

    @property
    def mean(self) -> float:
        """Cumulative mean score, Q; 0 before the first pull."""
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


OnWave = Callable[[int, int, int, Sequence[Arm]], None]
"""``on_wave(wave, waves, evaluations, arms)`` is told after each wave, from 1."""


class Selector(Protocol):
    """Spends a budget of evaluations to find the best arms.

    Pulls every arm along one shared example order, so that arms are compared on the same examples,
    and never spends more than ``budget`` evaluations. Returns the arms best first; ties keep the
    given order (incumbents come first).
    """

    name: str

    async def select(self, arms: int, pool: int, budget: int, pull: Pull, on_wave: OnWave) -> tuple[Arm, ...]:
        """Rank ``arms`` arms over ``pool`` examples with at most ``budget`` evaluations."""
        ...


def ranked(arms: Sequence[Arm]) -> tuple[Arm, ...]:
    """Return the arms by cumulative mean, best first, ties in the given order; unpulled arms last."""
    return tuple(sorted(arms, key=lambda arm: (arm.pulls == 0, -arm.mean, arm.index)))
