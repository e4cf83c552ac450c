"""Exact and normalised match against a free expected answer."""

from __future__ import annotations

import re

from optimizer.metrics.answers import bare, stated_answers
from optimizer.metrics.outcome import Outcome, unparseable

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NUMBER = re.compile(r"[-+]?\d[\d,\s]*(?:\.\d+)?")


class ExactMatch:
    """1 when the answer equals the expected text, surrounding white space aside."""

    name = "exact"

    def judge(self, expected: str, answer: str) -> Outcome:
        """See ``Metric.judge``."""
        given = answer.strip()
        if not given:
            return unparseable(answer, "a text")
        if given == expected.strip():
            return Outcome(1.0, "correct", given)
        return Outcome(0.0, "wrong", given[:500])


class NormalisedMatch:
    """1 when the stated answer equals the expected one but for case, punctuation, articles, digit grouping.

    The answer is looked for as a whole, after ``Answer:`` or ``####``, and on the last line.
    """

    name = "normalised"

    def judge(self, expected: str, answer: str) -> Outcome:
        """See ``Metric.judge``."""
        if not answer.strip():
            return unparseable(answer, "an answer")
        wanted = normalised(expected)
        places = [normalised(place) for place in stated_answers(answer)]
        if wanted in places:
            return Outcome(1.0, "correct", expected)
        shown = stated_answers(answer)[-1].strip()[:500]
        if _is_number(wanted) and not any(_NUMBER.search(place) for place in places):
            return unparseable(answer, "a number")
        return Outcome(0.0, "wrong", shown)


def normalised(text: str) -> str:
    """Fold a free answer: case, edges, articles, and the commas inside numbers."""
    folded = bare(text)
    folded = re.sub(r"(?<=\d),(?=\d{3}\b)", "", folded)
    folded = " ".join(_ARTICLES.sub(" ", folded).split()) or folded
    if _is_number(folded):
        return f"{float(folded):g}" if abs(float(folded)) < 1e15 else folded
    return folded


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(?:\.\d+)?", text) is not None
