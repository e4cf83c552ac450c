"""Evolved instructions that speak of the evolving instead of the task."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from optimizer.evolution.cases import EvolutionCase
from optimizer.evolution.failures.leak_phrases import ANNOUNCES, META_PROMPT
from optimizer.evolution.failures.phrases import AS_AN_AI
from optimizer.evolution.failures.wording import Phrases, normalised, opening
from optimizer.languages.words import words_of

COPIED_WORDS = 8
COPIED_CHARACTERS = 16
"""A run of this many words (or characters, where a script has no spaces) is not alike by chance."""

_META_PROMPT = Phrases(META_PROMPT)
_ANNOUNCES = Phrases(ANNOUNCES, AS_AN_AI)
_TAG = re.compile(r"</?(?:method|instruction|context|evolved|trajectories|failures)>", re.IGNORECASE)


class LeakedMethod:
    """The evolved instruction contains words of the evolving method, or announces itself as a rewriting.

    Source: Evol-Instruct's elimination rule 4 (copies words of the evolving prompt), h2o-wizardlm's
    meta-prompt and assistant phrases. What stands in the original too is no leak. A run of eight words
    of the very method counts as well, whatever the method's wording.
    """

    name = "leaked-method"
    needs_response = False

    def why(self, case: EvolutionCase) -> str | None:
        """Look for tags, phrases of meta-prompts, an announcement, and copied runs of words."""
        before, after = normalised(case.original), normalised(case.evolved)
        for found in (*_TAG.findall(after), *_META_PROMPT.within(after)):
            if found not in before:
                return f"The evolved instruction speaks of the rewriting itself (“{found}”)."
        announced = _ANNOUNCES.at_start(opening(case.evolved))
        if announced and not _ANNOUNCES.at_start(opening(case.original)):
            return f"The evolved instruction begins like a chat answer (“{announced}”)."
        copied = _copied(case)
        return f"The evolved instruction copies the method (“{copied}”)." if copied else None


def _copied(case: EvolutionCase) -> str:
    size, runs = _runs_of_method(case.method)
    if not runs:
        return ""
    found = _runs(words_of(case.evolved), size).keys() & runs
    if found:
        found -= _runs(words_of(case.original), size).keys()
    return min(found) if found else ""


@lru_cache(maxsize=16)
def _runs_of_method(method: str) -> tuple[int, frozenset[str]]:
    words = words_of(method)
    single = sum(len(word) == 1 for word in words)
    size = COPIED_CHARACTERS if 2 * single > len(words) else COPIED_WORDS
    return size, frozenset(_runs(words, size))


def _runs(words: Sequence[str], size: int) -> dict[str, None]:
    return dict.fromkeys(" ".join(words[start : start + size]) for start in range(len(words) - size + 1))
