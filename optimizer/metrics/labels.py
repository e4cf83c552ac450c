"""Label accuracy: reading one of a closed set of labels out of an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from optimizer.metrics.answers import bare, stated_answers
from optimizer.metrics.outcome import Outcome, unparseable

_YES = frozenset({"1", "yes", "true", "y", "t"})
_NO = frozenset({"0", "no", "false", "n", "f"})
_NEGATION = re.compile(r"\b(?:not|no|isn't|never|neither|nor|rather than|instead of|non)[\s-]+(?:an?\s+)?$")
_SHORT = 300
"""An answer longer than this is only read where it states its answer, not searched for label words."""


class LabelAccuracy:
    """1 for the expected label, 0 for another one; an answer that names no label is unparseable.

    Yes/no words stand for the labels 1/0 and true/false when the labels are such a pair.
    """

    name = "label"

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self._by_bare = {bare(label): label for label in labels}
        self._by_bare.update(_boolean_words(self._by_bare))
        longest_first = sorted(self._by_bare, key=len, reverse=True)
        self._word = re.compile(
            "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in longest_first if word) or r"(?!)"
        )

    def judge(self, expected: str, answer: str) -> Outcome:
        """See ``Metric.judge``."""
        label = self.read(answer)
        if label is None:
            return unparseable(answer, f"one of the labels {', '.join(self.labels)}")
        if bare(label) == bare(expected):
            return Outcome(1.0, "correct", label)
        return Outcome(0.0, "wrong", label)

    def read(self, answer: str) -> str | None:
        """Return the label that the answer states, None when there is none or more than one."""
        places = stated_answers(answer)
        for place in places:
            label = self._by_bare.get(bare(place))
            if label is not None:
                return label
        for place in reversed(places):
            if len(place) <= _SHORT:
                found = self._named_in(place)
                if len(found) == 1:
                    return found.pop()
        return None

    def _named_in(self, text: str) -> set[str]:
        folded = text.casefold()
        found = set()
        for match in self._word.finditer(folded):
            if _NEGATION.search(folded[: match.start()]):
                return set()
            found.add(self._by_bare[match[0]])
        return found


def _boolean_words(by_bare: dict[str, str]) -> dict[str, str]:
    if len(by_bare) != 2:
        return {}
    yes = [label for folded, label in by_bare.items() if folded in _YES]
    no = [label for folded, label in by_bare.items() if folded in _NO]
    if len(yes) != 1 or len(no) != 1:
        return {}
    return {word: yes[0] for word in _YES if len(word) > 1} | {word: no[0] for word in _NO if len(word) > 1}
