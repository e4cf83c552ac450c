"""A prompt as a row of phrases: taking it apart, and swapping, deleting, adding or replacing a phrase."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from optimizer.prompts.placeholders import find_placeholders

_BETWEEN = re.compile(r"((?:(?<=[.!?;,])[ \t]+)|[ \t]*\n\s*)")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases and what stands between them (one separator less); joined they give the text exactly."""

    phrases: tuple[str, ...]
    between: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text that the phrases make."""
        pieces = [self.phrases[0]]
        for gap, phrase in zip(self.between, self.phrases[1:], strict=True):
            pieces += (gap, phrase)
        return "".join(pieces)

    @property
    def movable(self) -> tuple[int, ...]:
        """Indices of the phrases that may be touched: words without a placeholder that head nothing."""
        return tuple(
            index
            for index, phrase in enumerate(self.phrases)
            if _WORD.search(phrase)
            and not find_placeholders(phrase)
            and not phrase.startswith("#")
            and not phrase.endswith(":")
        )

    def swapped(self, one: int, other: int) -> Phrases:
        """Exchange two phrases."""
        phrases = list(self.phrases)
        phrases[one], phrases[other] = phrases[other], phrases[one]
        return replace(self, phrases=tuple(phrases))

    def without(self, index: int) -> Phrases:
        """Leave one phrase out, with the separator after it (before it, if it is the last)."""
        gap = min(index, len(self.between) - 1)
        return Phrases(
            self.phrases[:index] + self.phrases[index + 1 :],
            self.between[:gap] + self.between[gap + 1 :],
        )

    def with_added(self, phrase: str, before: int) -> Phrases:
        """Put a phrase before the one at ``before``."""
        return Phrases(
            (*self.phrases[:before], phrase, *self.phrases[before:]),
            (*self.between[:before], " ", *self.between[before:]),
        )

    def with_replaced(self, index: int, phrase: str) -> Phrases:
        """Put other words in place of a phrase."""
        return replace(self, phrases=(*self.phrases[:index], phrase, *self.phrases[index + 1 :]))


def split_phrases(text: str) -> Phrases:
    """Split after punctuation and at line ends."""
    pieces = _BETWEEN.split(text)
    return Phrases(tuple(pieces[::2]), tuple(pieces[1::2]))
