"""Chance without a generator: numbers that depend only on what they are drawn for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def chance(*parts: object) -> float:
    """Return a number in [0, 1) that depends on the parts only."""
    text = "\x1f".join(map(str, parts))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56


class Dice:
    """A sequence of draws that depends on the parts it was made from."""

    def __init__(self, *parts: object) -> None:
        self._root = hashlib.blake2b(
            "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=12
        ).hexdigest()
        self._drawn = 0

    def roll(self) -> float:
        """Return the next number in [0, 1)."""
        self._drawn += 1
        return chance(self._root, self._drawn)

    def hits(self, probability: float) -> bool:
        """Tell whether an event of this probability happens."""
        return self.roll() < probability

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to ``limit - 1``."""
        return int(self.roll() * limit)

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, which must not be empty."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """Return up to ``count`` different items, in the order drawn."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return all items in a drawn order."""
        return self.sample(items, len(items))

    def weighted(self, items: Sequence[tuple[T, float]], count: int) -> list[T]:
        """Return up to ``count`` different items; an item with more weight tends to come earlier."""
        keyed = [
            (self.roll() ** (1 / weight), index) for index, (_, weight) in enumerate(items) if weight > 0
        ]
        keyed.sort(reverse=True)
        return [items[index][0] for _, index in keyed[:count]]
