"""The seeded split into a search pool and a holdout that is touched once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.examples.data_checks import input_key
from optimizer.seeds import generator
from optimizer.task import Example


@dataclass(frozen=True, slots=True)
class Split:
    """``search`` is in the fixed order that every candidate is scored in; ``holdout`` is kept apart."""

    search: tuple[Example, ...]
    holdout: tuple[Example, ...]


def split_examples(
    examples: Sequence[Example], *, fraction: float, max_holdout: int, seed: int, stratify: bool
) -> Split:
    """Split by a seeded permutation; inputs that are equal but for case, spacing and edge punctuation
    always land on the same side.

    ``fraction`` of the examples, at most ``max_holdout``, go to the holdout; with ``stratify`` each
    expected answer is represented there in its proportion.
    """
    size = holdout_size(len(examples), fraction, max_holdout)
    groups = _groups(examples, stratify)
    random = generator(seed, "split")
    holdout: list[Example] = []
    search: list[Example] = []
    quota = _quotas([sum(len(unit) for unit in group) for group in groups], size)
    for group, wanted in zip(groups, quota, strict=True):
        random.shuffle(group)
        taken = 0
        for unit in group:
            if taken + len(unit) <= wanted:
                holdout.extend(unit)
                taken += len(unit)
            else:
                search.extend(unit)
    random.shuffle(holdout)
    random.shuffle(search)
    return Split(search=tuple(search), holdout=tuple(holdout))


def holdout_size(examples: int, fraction: float, max_holdout: int) -> int:
    """Return how many of ``examples`` go to the holdout."""
    return min(max_holdout, round(examples * fraction))


def _groups(examples: Sequence[Example], stratify: bool) -> list[list[list[Example]]]:
    """Group the examples by expected answer, each group a list of units that must stay together."""
    units: dict[str, list[Example]] = {}
    for example in examples:
        units.setdefault(input_key(example.inputs), []).append(example)
    groups: dict[str, list[list[Example]]] = {}
    for unit in units.values():
        groups.setdefault(unit[0].expected if stratify else "", []).append(unit)
    return [groups[key] for key in sorted(groups)]


def _quotas(sizes: Sequence[int], wanted: int) -> list[int]:
    """Share ``wanted`` among the groups in proportion, by largest remainder."""
    total = sum(sizes)
    exact = [wanted * size / total for size in sizes]
    quotas = [math.floor(value) for value in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda i: (quotas[i] - exact[i], i))
    for index in by_remainder[: wanted - sum(quotas)]:
        quotas[index] += 1
    return quotas
