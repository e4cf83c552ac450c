"""Whether a text is in another script or language than another one, told only where both are clear."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from optimizer.languages.function_words import ANY_FUNCTION_WORD, FUNCTION_WORDS
from optimizer.languages.words import words_of

LOOKED_AT = 4_000
FEWEST_LETTERS = 8
CLEAR_SHARE = 0.7
FEWEST_HITS_BEFORE = 2
FEWEST_HITS_AFTER = 4
MOST_LEFT = 1 / 3

_STARTS = (0x41, 0x370, 0x400, 0x530, 0x590, 0x600, 0x780, 0x900, 0xE00, 0xE80, 0x1E00, 0x1F00, 0x2000,
           0x3040, 0x3100, 0x3400, 0xA000, 0xAC00, 0xD7B0)  # fmt: skip
_SCRIPTS = ("", "Latin", "Greek", "Cyrillic", "", "Hebrew", "Arabic", "", "Indic", "Thai", "", "Latin", "Greek",
            "", "Chinese or Japanese", "", "Chinese or Japanese", "", "Korean", "")  # fmt: skip

_PLAIN_LETTERS = re.compile(rf"(?:[^A-Za-z]*[A-Za-z]){{{FEWEST_LETTERS}}}")
_LANGUAGES_OF = {
    word: tuple(language for language, words in FUNCTION_WORDS.items() if word in words)
    for word in ANY_FUNCTION_WORD
}


@dataclass(frozen=True, slots=True)
class Switch:
    """What a text was in and what it is in now: names of scripts (``by_script``) or of languages."""

    was: str
    now: str
    by_script: bool


def language_switch(before: str, after: str) -> Switch | None:
    """Tell how the language of ``after`` differs from that of ``before``; None when it does not, or is not clear.

    Clear are 70 % of the letters in one script each, or, within Latin script, function words of one
    language that leads clearly. Texts of two languages pass. Only the first 4,000 characters are read.
    """
    before, after = before[:LOOKED_AT], after[:LOOKED_AT]
    was, now = _script(before), _script(after)
    if was and now and was != now:
        return Switch(was, now, by_script=True)
    if was != "Latin" or now != "Latin":
        return None
    hits = _hits(before)
    was, second = _leading(hits)
    if hits.get(was, 0) < FEWEST_HITS_BEFORE or hits[was] == second:
        return None
    hits = _hits(after)
    now, _ = _leading(hits)
    if now == was or hits[now] < FEWEST_HITS_AFTER or hits[was] > MOST_LEFT * hits[now]:
        return None
    return Switch(was, now, by_script=False)


def _script(text: str) -> str:
    """Return the script of most letters, "" when there are few letters or no script leads clearly."""
    if text.isascii():
        return "Latin" if _PLAIN_LETTERS.match(text) else ""
    counts: Counter[str] = Counter()
    for letter, count in Counter(text).items():
        if letter.isalpha():
            counts[_SCRIPTS[bisect_right(_STARTS, ord(letter))]] += count
    if counts.total() < FEWEST_LETTERS and not counts["Chinese or Japanese"]:
        return ""
    script = max(counts, key=lambda name: counts[name])
    return script if counts[script] >= CLEAR_SHARE * counts.total() else ""


def _hits(text: str) -> dict[str, int]:
    hits = dict.fromkeys(FUNCTION_WORDS, 0)
    for word in words_of(text):
        for language in _LANGUAGES_OF.get(word, ()):
            hits[language] += 1
    return hits


def _leading(hits: dict[str, int]) -> tuple[str, int]:
    """Return the language with most hits, and how many the next one has."""
    first, second, *_ = sorted(hits, key=lambda language: -hits[language])
    return first, hits[second]
