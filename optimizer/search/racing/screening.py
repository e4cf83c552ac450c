"""Which drafts may race: rules, copied examples, near-duplicates; decided before anything is paid."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from optimizer.prompts.prompt import Prompt
from optimizer.prompts.rules import NEARLY_KNOWN, PROPOSED_BEFORE, fingerprint, why_rejected
from optimizer.task import Example

_SHORTEST_COPY = 30
"""An input shorter than this may stand in a prompt by chance."""
_NEARLY = 0.97
_WORD = re.compile(r"\w+")


class Screen:
    """Screens drafts against the rules and against every prompt that the run knows from earlier rounds.

    Two prompts are nearly the same when they share at least ``nearly`` (0..1) of their pairs of words.
    """

    def __init__(self, examples: Sequence[Example], max_chars: int, nearly: float = _NEARLY) -> None:
        self._nearly = nearly
        self._copies = tuple(
            fingerprint(value)
            for example in examples
            for _, value in example.inputs
            if len(value) >= _SHORTEST_COPY
        )
        self._max_chars = max_chars
        self._known: list[frozenset[str]] = []
        self._fingerprints: set[str] = set()

    def why_not(self, parent: Prompt, text: str) -> str | None:
        """Return why the editable text ``text`` may not race as a child of ``parent``, None if it may."""
        why = why_rejected(parent, text, max_chars=self._max_chars)
        return why or self.why_known(parent, parent.with_edit(text))

    def why_known(self, parent: Prompt, child: Prompt) -> str | None:
        """Return why ``child`` is nothing new beside what is known, None if it is new."""
        whole = fingerprint(child.text)
        if whole in self._fingerprints:
            return PROPOSED_BEFORE
        if any(copy in whole and copy not in fingerprint(parent.text) for copy in self._copies):
            return "The edit copies an example into the prompt."
        pairs = _pairs(whole)
        if any(_similarity(pairs, known) >= self._nearly for known in self._known):
            return NEARLY_KNOWN
        return None

    def remember(self, prompt: Prompt) -> None:
        """Count ``prompt`` among the known ones from now on."""
        whole = fingerprint(prompt.text)
        self._fingerprints.add(whole)
        self._known.append(_pairs(whole))


def _pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring words: they tell texts apart that share all words."""
    words = _WORD.findall(text)
    return frozenset(f"{a} {b}" for a, b in itertools.pairwise(words)) or frozenset(words)


def _similarity(one: frozenset[str], other: frozenset[str]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 1.0
