"""Macro-F1: every label counts the same, however rare it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from optimizer.metrics.labels import LabelAccuracy
from optimizer.metrics.outcome import Outcome

Pair = tuple[str, str | None]
"""An expected label and the one that was answered; None when none could be read."""


class MacroF1(LabelAccuracy):
    """Label accuracy per example, macro-F1 over many: the mean of the labels' F1 scores.

    A search compares single examples, so that it uses the 0/1 scores; baseline, final choice and
    held-out test use ``aggregate``.
    """

    name = "macro-f1"

    def aggregate(self, expected: Sequence[str], outcomes: Sequence[Outcome]) -> float:
        """See ``AggregateMetric.aggregate``."""
        return macro_f1(self.pairs(expected, outcomes))

    def pairs(self, expected: Sequence[str], outcomes: Sequence[Outcome]) -> list[Pair]:
        """Return expected and answered label of every example."""
        return [
            (wanted, wanted if outcome.status == "correct" else outcome.understood)
            if outcome.status in ("correct", "wrong")
            else (wanted, None)
            for wanted, outcome in zip(expected, outcomes, strict=True)
        ]


def macro_f1(pairs: Iterable[Pair]) -> float:
    """Return the mean F1 (0..1) over the labels that occur, expected or answered; 0 without any.

    An unreadable answer misses its label and is charged to no other one.
    """
    right: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for (expected, answered), count in Counter(pairs).items():
        wanted[expected] += count
        if answered is not None:
            given[answered] += count
        if answered == expected:
            right[expected] += count
    labels = wanted.keys() | given.keys()
    if not labels:
        return 0.0
    return sum(2 * right[label] / (wanted[label] + given[label]) for label in sorted(labels)) / len(labels)
