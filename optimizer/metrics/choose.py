"""Choosing the metric: by its name, or by what the expected answers look like."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.errors import InputError
from optimizer.metrics.labels import LabelAccuracy
from optimizer.metrics.match import ExactMatch, NormalisedMatch
from optimizer.metrics.outcome import Metric

METRICS = ("auto", "label", "exact", "normalised")
"""Names that ``choose_metric`` knows; ``auto`` looks at the expected answers."""

_MOST_LABELS = 30
_LONGEST_LABEL = 60


def choose_metric(name: str, expected: Sequence[str]) -> Metric:
    """Return the metric ``name`` for these expected answers.

    Raises:
        InputError: an unknown name, or label accuracy with one label only or none that repeats.
    """
    labels = distinct_labels(expected)
    if name == "auto":
        name = guess_metric(expected)
    if name == "exact":
        return ExactMatch()
    if name == "normalised":
        return NormalisedMatch()
    if name != "label":
        raise InputError(
            f"There is no metric {name!r}.", f"Choose one of {', '.join(METRICS)}.", field="metric"
        )
    if len(labels) < 2:
        raise InputError(
            f"Every example has the same label {labels[0] if labels else ''!r}: nothing can be learned from it.",
            "Add examples with at least one other label.",
            field="examples",
        )
    return LabelAccuracy(labels)


def guess_metric(expected: Sequence[str]) -> str:
    """Return ``label`` when few short values repeat, else ``normalised``."""
    labels = distinct_labels(expected)
    numbers = sum(label.lstrip("-").isdigit() for label in labels)
    if numbers == len(labels) and len(labels) > 5:
        return "normalised"
    few = len(labels) <= min(_MOST_LABELS, max(2, len(expected) // 3))
    short = all(len(label) <= _LONGEST_LABEL for label in labels)
    return "label" if few and short else "normalised"


def distinct_labels(expected: Sequence[str]) -> tuple[str, ...]:
    """Return the different expected answers, sorted."""
    return tuple(sorted({value.strip() for value in expected}))
