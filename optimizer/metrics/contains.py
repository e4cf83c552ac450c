"""Contains: the expected text occurs somewhere in the answer."""

from __future__ import annotations

import unicodedata

from optimizer.metrics.outcome import Outcome, unparseable


class ContainsMatch:
    """1 when the answer contains the expected text as whole words; case and spacing aside by default."""

    name = "contains"

    def __init__(self, *, case_sensitive: bool = False) -> None:
        self._case_sensitive = case_sensitive

    def judge(self, expected: str, answer: str) -> Outcome:
        """See ``Metric.judge``."""
        if not answer.strip():
            return unparseable(answer, "a text")
        wanted, given = self._folded(expected), self._folded(answer)
        if _has_words(given, wanted):
            return Outcome(1.0, "correct", expected.strip())
        return Outcome(0.0, "wrong", " ".join(answer.split())[:500])

    def _folded(self, text: str) -> str:
        plain = " ".join(unicodedata.normalize("NFKC", text).split())
        return plain if self._case_sensitive else plain.casefold()


def _has_words(text: str, words: str) -> bool:
    """Tell whether ``words`` occur in ``text`` and do not begin or end inside a word or number."""
    start = text.find(words) if words else -1
    while start >= 0:
        end = start + len(words)
        cut_before = start > 0 and text[start - 1].isalnum() and words[0].isalnum()
        cut_after = end < len(text) and text[end].isalnum() and words[-1].isalnum()
        if not cut_before and not cut_after:
            return True
        start = text.find(words, start + 1)
    return False
