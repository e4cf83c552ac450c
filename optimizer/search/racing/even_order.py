"""The shared order of the examples: every prefix holds the answers in about the shares of the whole pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from optimizer.task import Example


def evenly_ordered(examples: Sequence[Example]) -> tuple[Example, ...]:
    """Return ``examples`` so that each expected answer is spread evenly; within one answer the order stays.

    Prompts differ much in how readily they give this or that answer. On a short prefix with more of one
    answer than its share, the prompt that leans to it would win every race on it.
    """
    totals = Counter(example.expected for example in examples)
    seen: Counter[str] = Counter()
    places: list[tuple[float, int]] = []
    for index, example in enumerate(examples):
        places.append(((seen[example.expected] + 0.5) / totals[example.expected], index))
        seen[example.expected] += 1
    return tuple(examples[index] for _, index in sorted(places))
