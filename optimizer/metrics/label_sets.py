"""Multi-label answers: a set of labels compared with the expected set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from optimizer.loose_json import json_values
from optimizer.metrics.answers import bare, stated_answers
from optimizer.metrics.outcome import Outcome, unparseable

_SEPARATOR = re.compile(r"[;,|\n]")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
_NONE_WORDS = frozenset({"none", "no label", "no labels", "nothing", "[]", ""})
_SHORT = 300


class LabelSetMatch:
    """F1 of the answered set of labels against the expected one, or 1/0 for the ``exact`` set.

    Sets are written as JSON lists or with ``;``, ``,`` or ``|`` between the labels, in any order.
    ``none`` is the empty set. An answer that names no label at all is unparseable.
    """

    name = "multi-label"

    def __init__(self, expected: Sequence[str], *, exact: bool = False) -> None:
        self.graded = not exact
        self.labels = tuple(sorted({label for text in expected for label in split_labels(text)}))
        self._by_bare = {bare(label): label for label in self.labels}
        longest_first = sorted((word for word in self._by_bare if word), key=len, reverse=True)
        words = "|".join(re.escape(word) for word in longest_first) or r"(?!)"
        self._word = re.compile(rf"(?<!\w)(?:{words})(?!\w)")

    def judge(self, expected: str, answer: str) -> Outcome:
        """See ``Metric.judge``."""
        wanted = {bare(label) for label in split_labels(expected)}
        given = self.read(answer)
        if given is None:
            return unparseable(answer, f"a list of labels out of {', '.join(self.labels)}")
        shown = "; ".join(sorted(self._by_bare.get(label, label) for label in given)) or "none"
        if given == wanted:
            return Outcome(1.0, "correct", shown)
        score = 2 * len(given & wanted) / (len(given) + len(wanted)) if self.graded else 0.0
        return Outcome(score, "wrong", shown, self._difference(wanted, given))

    def read(self, answer: str) -> set[str] | None:
        """Return the answered labels, folded by ``bare``; unknown ones in a clear list count as wrong."""
        for place in (*_json_lists(answer), *stated_answers(answer)):
            parts = {bare(part) for part in split_labels(place)}
            if not parts and bare(place) in _NONE_WORDS and answer.strip():
                return set()
            known = parts & self._by_bare.keys()
            if known and 2 * len(known) > len(parts):
                return parts
        for place in reversed(stated_answers(answer)):
            found = set(self._word.findall(place.casefold())) if len(place) <= _SHORT else set()
            if found:
                return found
        return None

    def _difference(self, wanted: set[str], given: set[str]) -> str:
        missing = ", ".join(sorted(self._by_bare.get(label, label) for label in wanted - given))
        extra = ", ".join(sorted(self._by_bare.get(label, label) for label in given - wanted))
        parts = [f"Missing: {missing}." if missing else "", f"Too much: {extra}." if extra else ""]
        return " ".join(part for part in parts if part)


def split_labels(text: str) -> tuple[str, ...]:
    """Return the labels that a written set holds, without ``none``."""
    lists = _json_lists(text) if text.strip().startswith("[") else []
    parts = _SEPARATOR.split(lists[0] if lists else text)
    labels = (_BULLET.sub("", part).strip() for part in parts)
    return tuple(dict.fromkeys(label for label in labels if bare(label) not in _NONE_WORDS))


def _json_lists(text: str) -> list[str]:
    """Return the JSON lists of texts in ``text``, also the only list inside an object, one label a line."""
    found = []
    for value in json_values(text):
        candidates: list[Any] = [value, *(value.values() if isinstance(value, dict) else ())]
        for item in candidates:
            if isinstance(item, list) and all(isinstance(part, str) for part in item):
                found.append("\n".join(item))
    return found
