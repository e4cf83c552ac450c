"""A learned policy over a few operations: a gradient bandit with softmax preferences."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

_STEP = 3.0
"""Step size for rewards that are differences of scores (0..1): rewards of a few examples are noisy."""
_FLOOR = 0.05
"""No operation becomes less likely than this: what failed early may help later."""


class OperationPolicy:
    """Draws operations by learned preference (Sutton and Barto, section 2.8)."""

    def __init__(self, operations: Sequence[str]) -> None:
        self._preferences = dict.fromkeys(operations, 0.0)
        self._rewards = 0
        self._mean_reward = 0.0

    @property
    def probabilities(self) -> dict[str, float]:
        """The chance of each operation, in the given order; they add up to 1."""
        return self._among(tuple(self._preferences))

    def draw(self, possible: Sequence[str], random: random.Random) -> str:
        """Draw one of the ``possible`` operations."""
        chances = self._among(possible)
        return random.choices(list(chances), list(chances.values()))[0]

    def reward(self, operation: str, reward: float) -> None:
        """Learn from one outcome: better than the mean reward so far makes the operation likelier."""
        advantage = reward - self._mean_reward
        for name, chance in self.probabilities.items():
            chosen = 1.0 if name == operation else 0.0
            self._preferences[name] += _STEP * advantage * (chosen - chance)
        self._rewards += 1
        self._mean_reward += (reward - self._mean_reward) / self._rewards

    def _among(self, names: Sequence[str]) -> dict[str, float]:
        top = max(self._preferences[name] for name in names)
        weights = [math.exp(self._preferences[name] - top) for name in names]
        free = 1 - _FLOOR * len(names)
        return {
            name: _FLOOR + free * weight / sum(weights) for name, weight in zip(names, weights, strict=True)
        }
