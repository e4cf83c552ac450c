"""Guessing the metric from what the expected answers look like, with the reason to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from optimizer.metrics.json_fields import expected_object
from optimizer.metrics.numeric import whole_number

_MOST_LABELS = 30
_LONGEST_LABEL = 60
_LONGEST_SET_LABEL = 40
_LONG_ANSWER_WORDS = 12
_SHARE_OF_LISTS = {";": 0.2, "|": 0.2, ",": 0.4}
"""Separator -> how many of the answers must contain it to be taken for lists of labels."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A metric's name and, in a few words, what in the data speaks for it."""

    metric: str
    because: str


def guess_metric(expected: Sequence[str]) -> Guess:
    """Return the metric that suits these expected answers; ``judge`` when there are none."""
    answers = [text.strip() for text in expected if text.strip()]
    if not answers:
        return Guess("judge", "there are no expected answers")
    if all(expected_object(text) for text in answers):
        return Guess("json", "the expected answers are JSON objects")
    if _are_label_sets(answers):
        return Guess("multi-label", "the expected answers are lists of labels")
    numbers = [whole_number(text) for text in answers]
    if all(number is not None for number in numbers) and len(set(numbers)) > 5:
        return Guess("numeric", "the expected answers are numbers")
    distinct = set(answers)
    few = len(distinct) <= min(_MOST_LABELS, max(2, len(answers) // 3))
    if few and all(len(label) <= _LONGEST_LABEL for label in distinct):
        return Guess("label", "the expected answers are a few labels")
    if median(len(text.split()) for text in answers) > _LONG_ANSWER_WORDS:
        return Guess("judge", "the expected answers are long texts, which no two people word alike")
    return Guess("normalised", "the expected answers are short texts")


def _are_label_sets(answers: Sequence[str]) -> bool:
    """Tell whether splitting at one separator leaves few short parts that repeat."""
    for separator, share in _SHARE_OF_LISTS.items():
        if sum(separator in text for text in answers) < share * len(answers):
            continue
        parts = Counter(part.strip() for text in answers for part in text.split(separator) if part.strip())
        few = len(parts) <= _MOST_LABELS and len(parts) < len(set(answers))
        short = all(len(part) <= _LONGEST_SET_LABEL for part in parts)
        if few and short and all(whole_number(part) is None for part in parts):
            return True
    return False
