"""Word search: a person's text made safe for FTS5, and which of its words a prompt shares."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.plain_words import PLAIN_WORDS, PROMPT_WORDS

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("ing", "ies", "es", "ed", "s", "y", "e")


def query_words(text: str, limit: int = 24) -> tuple[str, ...]:
    """Return the words of ``text`` worth searching for, at most ``limit``, the longest when there are more.

    Words that every prompt has are left out, unless there are no others.
    """
    words = list(dict.fromkeys(word.casefold() for word in _WORD.findall(text[:20_000])))
    telling = [
        word
        for word in words
        if word not in PLAIN_WORDS | PROMPT_WORDS and (len(word) > 1 or not word.isascii())
    ]
    chosen = telling or words
    if len(chosen) > limit:
        kept = set(sorted(chosen, key=len, reverse=True)[:limit])
        chosen = [word for word in chosen if word in kept][:limit]
    return tuple(chosen)


def any_of(words: Sequence[str]) -> str:
    """Return the FTS5 query that matches texts with at least one of ``words``; none of them is an operator."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)


def shared_words(words: Sequence[str], *texts: str) -> tuple[str, ...]:
    """Return those of ``words`` that occur in ``texts``, whatever their ending."""
    stems = {_stem(word.casefold()) for text in texts for word in _WORD.findall(text)}
    return tuple(word for word in words if _stem(word) in stems)


def _tells(word: str) -> bool:
    return word not in PLAIN_WORDS and word not in PROMPT_WORDS and (len(word) > 1 or not word.isascii())


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
