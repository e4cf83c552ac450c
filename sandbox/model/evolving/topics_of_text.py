"""Words of an instruction that a sentence about it can take up."""

from __future__ import annotations

import re

from sandbox.model.words import COMMON_WORDS, INSTRUCTION_WORDS, STOPWORDS

_WORD = re.compile(r"[^\W\d_]{4,24}")
_LOOKED_AT = 3_000
_MOST = 12
_FALLBACK = {"en": "the subject", "de": "das Thema", "fr": "le sujet", "es": "el tema"}
_DULL = STOPWORDS | INSTRUCTION_WORDS | COMMON_WORDS


def topic_words(text: str, language: str) -> list[str]:
    """Return up to twelve different words, the longest first; one general word when there is none."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text[:_LOOKED_AT]):
        if word.lower() not in _DULL:
            found.setdefault(word.lower(), word)
    if language != "en":
        found = {key: word for key, word in found.items() if len(word) > 5}
    ranked = sorted(found, key=lambda key: (-len(key), key))[:_MOST]
    return [found[key] for key in ranked] or [_FALLBACK.get(language, "…")]
