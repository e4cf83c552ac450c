"""Rewritings that went wrong, each in the way that real models go wrong; the fault is in the text itself."""

from __future__ import annotations

import re

from sandbox.model.dice import Dice
from sandbox.model.evolving.guidance import MethodReading
from sandbox.model.evolving.lapses import Attempt
from sandbox.model.evolving.phrasebook import (
    ADDITIONS,
    CONTRADICTIONS,
    DANGLING,
    NEUTRAL,
    STATEMENTS,
    VAGUE,
)
from sandbox.model.evolving.rewriting import joined, rewrite, with_context
from sandbox.model.evolving.topics_of_text import topic_words

_NUMBER = re.compile(r"[$€£]?\d[\d.,:/]*(?<=\d)")
_ADDRESS = re.compile(r"https?://\S+|`[^`\n]{1,200}`")
_SOME = {"en": "some", "de": "einige", "fr": "quelques", "es": "unos", "it": "alcuni", "pt": "alguns"}
_SENTENCE = re.compile(r"(?<=[.!?。])\s+")
_HEADS = ("#Rewritten Instruction#:\n", "Here is a more complex version: ", "Final rewritten instruction: ")
_MOST_RUNAWAY = 12_000


def spoilt(kind: str, reading: MethodReading, method: str, attempt: Attempt, dice: Dice) -> str:
    """Return what the rewriting becomes by the lapse ``kind``."""
    language, instruction = attempt.language, attempt.instruction
    topic = dice.pick(topic_words(instruction, language)[:4])
    if kind == "statement" and language in STATEMENTS:
        told = instruction.rstrip().rstrip("?!.") + "."
        return with_context(f"{dice.pick(STATEMENTS[language])} {told}", attempt.context)
    if kind == "vague" and language in VAGUE:
        return dice.pick(VAGUE[language]).format(topic=topic) + "?"
    if kind == "contradiction" and language in CONTRADICTIONS:
        demands = CONTRADICTIONS[language]
        return with_context(joined(instruction, dice.pick(demands), language=language), attempt.context)
    if kind == "unchanged":
        text = instruction if dice.hits(0.7) else instruction.rstrip().rstrip("?!.") + "!"
        return with_context(text, attempt.context)
    if kind == "leaked":
        return _leaked(reading, method, attempt, dice)
    if kind == "runaway":
        return _runaway(reading, attempt, dice)
    if kind == "language":
        return _in_english(instruction, language)
    return _dangling(attempt, dice)


def _dangling(attempt: Attempt, dice: Dice) -> str:
    """What is given goes: numbers, code, the context; a reference to it stays."""
    text, language = attempt.instruction, attempt.language
    text = _ADDRESS.sub("…", _NUMBER.sub(_SOME.get(language, "…"), text))
    if text == attempt.instruction and len(sentences := _SENTENCE.split(text)) > 1:
        text = sentences[0]
    return joined(text, dice.pick(DANGLING.get(language, DANGLING["en"])), language=language)


def _leaked(reading: MethodReading, method: str, attempt: Attempt, dice: Dice) -> str:
    rewritten = rewrite(reading, attempt, dice)
    lines = [line.strip() for line in method.splitlines() if len(line.split()) >= 9]
    if lines and dice.hits(0.35):
        return f"{dice.pick(lines)}\n{rewritten}"
    return dice.pick(_HEADS) + rewritten


def _runaway(reading: MethodReading, attempt: Attempt, dice: Dice) -> str:
    """Demands upon demands, until nobody reads them any more."""
    text = rewrite(reading, attempt, dice)
    additions = ADDITIONS.get(attempt.language, NEUTRAL)
    topics = topic_words(attempt.instruction, attempt.language)
    pool = [sentence for name, row in additions.items() if name != "breadth" for sentence in row]
    limit = min(_MOST_RUNAWAY, 4 * (len(attempt.instruction) + len(attempt.context)) + 1_800)
    parts, length, number = [text], len(text), 0
    while length < limit:
        number += 1
        line = f"{number}. {pool[(number * 7) % len(pool)].format(topic=topics[number % len(topics)])}"
        parts.append(line)
        length += len(line) + 1
    return "\n".join(parts)


def _in_english(instruction: str, language: str) -> str:
    topics = topic_words(instruction, language)[:3]
    return (
        f"Write a detailed account of {', '.join(topics)} for a reader who does not know the subject, and give a "
        "reason for each of the steps that you take."
    )
