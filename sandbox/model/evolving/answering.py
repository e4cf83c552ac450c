"""Answers to evolved instructions: worked ones, and what a model says to an instruction that it cannot use."""

from __future__ import annotations

import re

from sandbox.model.dice import Dice, chance
from sandbox.model.evolving.languages import language_of
from sandbox.model.evolving.phrasebook import (
    ADDITIONS,
    CONTRADICTIONS,
    DANGLING,
    NEUTRAL,
    STATEMENTS,
    VAGUE,
)
from sandbox.model.evolving.reply_phrases import ACKNOWLEDGES, ASKS, GIVEN, IMPOSSIBLE, OFFERS, WORKED
from sandbox.model.evolving.topics_of_text import topic_words

SHOWN_RATE = 0.92
"""Share of flawed instructions whose answer shows it."""
UNPROVOKED_RATE = 0.012
"""Share of sound instructions that are answered with a request for more all the same."""

_NUMBER = re.compile(r"\d[\d.,]*(?<=\d)")
_LOOKED_AT = 20_000


def _constant(sentence: str) -> str:
    """Return the longer of the parts around the topic."""
    return max(sentence.split("{topic}"), key=len).strip()


def _all(table: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sentence for row in table.values() for sentence in row)


_STATEMENTS = _all(STATEMENTS)
_VAGUE = tuple(sentence.partition("{topic}")[::2] for sentence in _all(VAGUE))
_DANGLING = _all(DANGLING)
_CONTRADICTIONS = _all(CONTRADICTIONS)
_MARKS = tuple(
    _constant(sentence)
    for additions in (*ADDITIONS.values(), NEUTRAL)
    for row in additions.values()
    for sentence in row
)


def flaw_of(text: str) -> str:
    """Return what makes the instruction useless to somebody who sees nothing else, "" when nothing does."""
    text = text[:_LOOKED_AT]
    if text.startswith(_STATEMENTS):
        return "statement"
    if any(text.startswith(before) and text.endswith(f"{after}?") for before, after in _VAGUE):
        return "vague"
    if any(sentence in text for sentence in _DANGLING):
        return "dangling"
    return "contradiction" if any(sentence in text for sentence in _CONTRADICTIONS) else ""


def is_evolved(text: str) -> bool:
    """Tell whether the text carries a sentence that evolving adds."""
    text = text[:_LOOKED_AT]
    return any(mark in text for mark in _MARKS)


def answer_flawed(flaw: str, text: str, draw: tuple[object, ...], server_seed: int) -> str:
    """Return the answer to an instruction with a flaw: most often the one that shows it."""
    dice = Dice("flawed", server_seed, text, *draw)
    language = language_of(text)
    table = {"statement": ACKNOWLEDGES, "vague": OFFERS, "dangling": ASKS, "contradiction": IMPOSSIBLE}[flaw]
    if dice.hits(SHOWN_RATE):
        return dice.pick(table.get(language, table["en"]))
    return _worked(text, language, dice)


def asks_for_more(text: str, server_seed: int) -> bool:
    """Tell whether a sound instruction gets a request for more, as now and then with real models."""
    return chance("unprovoked", server_seed, text) < UNPROVOKED_RATE


def answer_evolved(text: str, draw: tuple[object, ...], server_seed: int) -> str:
    """Return a worked answer in the instruction's language; it takes up its words but knows nothing of them."""
    dice = Dice("evolved", server_seed, text, *draw)
    language = language_of(text)
    if asks_for_more(text, server_seed):
        return dice.pick(ASKS.get(language, ASKS["en"]))
    return _worked(text, language, dice)


def _worked(text: str, language: str, dice: Dice) -> str:
    topics = topic_words(text, language)
    if language not in WORKED:
        return "\n".join(
            f"({number}) {topic}: {text[:40].strip()}" for number, topic in enumerate(topics[:3], 1)
        )
    numbers = _NUMBER.findall(text[:_LOOKED_AT])
    given = dice.pick(numbers[:6]) if numbers and dice.hits(0.6) else GIVEN[language]
    return dice.pick(WORKED[language]).format(topic=dice.pick(topics[:4]), given=given)
