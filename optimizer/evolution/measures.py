"""Complexity and diversity of instructions: length, distinct word pairs, spread of embeddings, a judge's score."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import TypeAlias

from optimizer.evolution.events import Measured
from optimizer.languages.words import words_of

Embed: TypeAlias = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Gives one vector for every text, in order; all of the same length. Called with up to 64 texts at a time."""

EXACT_UP_TO = 200_000
_BATCH = 64
_DIMENSIONS = 2_048


def measure(texts: Iterable[str], embed: Embed | None = None, scores: Iterable[float] = ()) -> Measured:
    """Measure ``texts`` in one pass that keeps none of them; ``scores`` are a judging model's, if there is one.

    Distinct pairs are counted exactly up to 200,000 and estimated beyond (about 0.3 % off). Without ``embed``
    the vectors are hashed words: the spread then says how little the wording is alike. Of fewer than two
    texts the spread is 0.
    """
    words = count = 0
    pairs, total_pairs = DistinctCounter(EXACT_UP_TO), 0
    spread = Spread()
    source = iter(texts)
    while batch := list(islice(source, _BATCH)):
        for text in batch:
            tokens = words_of(text)
            words += len(tokens)
            count += 1
            total_pairs += max(0, len(tokens) - 1)
            for one, two in pairwise(tokens):
                pairs.add(f"{one} {two}")
        for vector in embed(batch) if embed else map(hashed_words, batch):
            spread.add(vector)
    judged = list(scores)
    return Measured(
        words=words / count if count else 0.0,
        distinct=min(1.0, pairs.count() / total_pairs) if total_pairs else 0.0,
        spread=spread.mean_distance(),
        judged=math.fsum(judged) / len(judged) if judged else None,
    )


class DistinctCounter:
    """Counts different texts in bounded memory by adaptive sampling (Flajolet 1990, after Wegman).

    As long as there are at most ``most`` it counts exactly; then it keeps every second, fourth … possible
    hash and scales up, with a relative error of about 1.2 / sqrt(most).
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: set[int] = set()
        self._depth = 0

    def add(self, text: str) -> None:
        """Count ``text`` unless it was counted before."""
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = int.from_bytes(digest, "big")
        if number & ((1 << self._depth) - 1):
            return
        self._kept.add(number)
        while len(self._kept) > self._most:
            self._depth += 1
            mask = (1 << self._depth) - 1
            self._kept = {kept for kept in self._kept if not kept & mask}

    def count(self) -> int:
        """Return how many different texts there were."""
        return len(self._kept) << self._depth


class Spread:
    """The mean cosine distance between all pairs of vectors, from their sum alone.

    For unit vectors the squared length of the sum is n plus twice the sum of all cosines, so no vector need
    be kept. Vectors without length count as unlike everything.
    """

    def __init__(self) -> None:
        self._sum: list[float] = []
        self._alike_to_itself = 0
        self._count = 0

    def add(self, vector: Sequence[float]) -> None:
        """Take one more vector, of any length above 0 and the same dimensions as the others."""
        self._count += 1
        length = math.sqrt(math.fsum(value * value for value in vector))
        if not length:
            return
        self._alike_to_itself += 1
        if not self._sum:
            self._sum = [0.0] * len(vector)
        for place, value in enumerate(vector):
            if value:
                self._sum[place] += value / length

    def mean_distance(self) -> float:
        """Return the mean distance, 0 (all alike) to 1 (nothing in common); above 1 when they point apart."""
        if self._count < 2:
            return 0.0
        cosines = math.fsum(value * value for value in self._sum) - self._alike_to_itself
        return max(0.0, 1 - cosines / (self._count * (self._count - 1)))


def hashed_words(text: str) -> list[float]:
    """Return a vector of the text's different words, each hashed to a place and a sign."""
    vector = [0.0] * _DIMENSIONS
    for place, sign in _places(set(words_of(text))):
        vector[place] += sign
    return vector


def _places(words: Iterable[str]) -> Iterator[tuple[int, float]]:
    for word in words:
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest()
        number = int.from_bytes(digest, "big")
        yield number // 2 % _DIMENSIONS, 1.0 if number % 2 else -1.0
