"""Drafting a reply to a message: what the prompt asks for is done, as a rule; what it leaves open is left to habit."""

from __future__ import annotations

import re

from sandbox.model.dice import Dice

HEED_RATE = 0.94
POLITE_HABIT = 0.35
HEDGING_HABIT = 0.5
REGRET_HABIT = 0.45

_ASKED = re.compile(r"\b(?:write|draft|compose)\b[^.\n]{0,60}\b(?:reply|replies)\b", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:at most|up to|no more than|maximum of|within)\s+(\w+)\s+sentences?", re.IGNORECASE)
_SAID = re.compile(r"""\b(?:says?|mentions?|names?|includes?)\s+(?:the\s+)?["“]([^"”\n]{2,40})["”]""", re.I)
_UNSAID = re.compile(r"""\b(?:never|not|no|without|avoid)\s+(?:\w+\s+){0,3}["“]([^"”\n]{2,40})["”]""", re.I)
_POLITE = re.compile(r"\b(?:polite|friendly|courteous|thank|kind)", re.IGNORECASE)
_DIRECT = re.compile(r"\b(?:confident|direct|hedg\w+|clear)", re.IGNORECASE)
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_FILLERS = (
    "We look at every message that reaches us.",
    "Our team works on weekdays from eight to six.",
    "You find many answers on our website.",
    "We keep you informed about every step.",
)


def asks_for_reply(guidance: str) -> bool:
    """Tell whether a prompt asks for a reply to be written."""
    return bool(_ASKED.search(guidance))


def draft_reply(guidance: str, text: str, server_seed: int) -> str:
    """Return the reply; the same prompt and message give the same one.

    Chances hang on the message and on the single instruction, so that a message on which an instruction
    is overlooked stays hard whatever else the prompt says.
    """
    first = " ".join(text.split())[:80].rstrip(" .,;!?")
    sentences = [f"This is about your message “{first}”", "We check it and send you the next step."]
    if not _heeds(_DIRECT, guidance, text, server_seed, "direct") and _by_habit(
        HEDGING_HABIT, text, server_seed, "hedge"
    ):
        sentences[1] = "It is hard to say what happened."
    unsaid = {phrase.lower() for phrase in _UNSAID.findall(guidance)}
    avoids = "unfortunately" in unsaid and _follows(text, server_seed, "unfortunately")
    if not avoids and _by_habit(REGRET_HABIT, text, server_seed, "regret"):
        sentences.append("Unfortunately this takes a while.")
    for phrase in dict.fromkeys(_SAID.findall(guidance)):
        if phrase.lower() not in unsaid and _follows(text, server_seed, phrase.lower()):
            sentences.insert(1, f"Your {phrase} is in the subject of this message.")
    if _heeds(_POLITE, guidance, text, server_seed, "polite") or _by_habit(
        POLITE_HABIT, text, server_seed, "thanks"
    ):
        sentences.insert(0, "Thank you for writing to us.")
    return " ".join(_within_limit(sentences, guidance, text, server_seed))


def _within_limit(sentences: list[str], guidance: str, text: str, server_seed: int) -> list[str]:
    """Keep to a limit that is asked for; without one, go on for a while."""
    limits = [limit for word in _LIMIT.findall(guidance) if (limit := _number(word))]
    if limits and _follows(text, server_seed, "limit"):
        return sentences[: min(limits)]
    dice = Dice("fillers", server_seed, text)
    return [*sentences, *dice.sample(_FILLERS, dice.below(4))]


def _heeds(asked: re.Pattern[str], guidance: str, text: str, server_seed: int, what: str) -> bool:
    return bool(asked.search(guidance)) and _follows(text, server_seed, what)


def _follows(text: str, server_seed: int, what: str) -> bool:
    return Dice("heed", server_seed, text, what).hits(HEED_RATE)


def _by_habit(rate: float, text: str, server_seed: int, what: str) -> bool:
    return Dice("habit", server_seed, text, what).hits(rate)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS.index(word.lower()) if word.lower() in _NUMBERS else 0
