"""Improve a method: a complete new text that addresses the reasons it was given, in better and worse versions."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping

from sandbox.model.dice import Dice
from sandbox.model.evolving.guidance import read_method
from sandbox.model.evolving.lapse_reasons import kind_of_reason
from sandbox.model.evolving.lapses import GUARDS

IDENTICAL_RATE = 0.06
SPOILT_RATE = 0.16
ADDRESSED_RATE = 0.6
WEAK_RATE = 0.22
SECOND_GUARD_RATE = 0.4
UNASKED_RATE = 0.25

FIXES: dict[str, tuple[str, ...]] = {
    "task": (
        "The result must be a task: it calls for an answer, and nobody can merely acknowledge it.",
        "See to it that it is still a question or a request; it asks for something that can be done.",
    ),
    "clear": (
        "It says exactly what is wanted, so that nobody has to ask.",
        "Make it unambiguous: it can be answered without asking back.",
    ),
    "facts": (
        "Keep all numbers, names, texts and data that are given, word for word.",
        "Never drop facts or details that the task needs: repeat them in the new instruction.",
    ),
    "alone": (
        "It stands alone: nothing is missing for somebody who reads only this.",
        "The result is self-contained and refers to nothing outside of it.",
    ),
    "different": (
        "It must differ from the original in what it asks: at least one new demand.",
        "Never return the original unchanged.",
    ),
    "silent": (
        "Give only the new instruction, and never mention the method or the rewriting in it.",
        "Do not speak of the steps, the method or the original.",
    ),
    "length": ("Add 10 to 20 words and no more.", "Stay concise: at most two sentences more than before."),
    "review": (
        "Check at the end whether any two demands contradict each other, and whether all are reasonable.",
        "Read the result again as the one who must answer it, and take out what is unreasonable.",
    ),
    "language": ("Keep the same language as the original.",),
}
"""Guidance -> sentences that give it."""

_WEAK = (
    "Take great care with the tricky cases.",
    "Quality matters more than speed here.",
    "Think about the reader while you write.",
    "Avoid the usual mistakes.",
)
_HARMFUL = (
    "Be generous: use as many paragraphs as you like, with at least 300 words.",
    "Leave much open, so that the reader has to think.",
    "Leave out details such as names and numbers where the sentence reads better without them.",
    "Tell the situation as a report.",
)
_STEP_START = re.compile(r"(?m)^(?=[ \t#*>-]*(?:(?:step|schritt)[ \t]*)?\d{1,2}[ \t]*[.):])", re.IGNORECASE)
_REWRITES = re.compile(r"rewrit|carry out|write (?:the|that) new|execut|umschreib|schreibe", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def write_methods(blocks: Mapping[str, str], dice: Dice) -> list[str]:
    """Return one method; it differs from the ones that were tried in vain, as far as that succeeds."""
    method = blocks.get("method", "").strip("\n")
    if dice.hits(IDENTICAL_RATE):
        return [method]
    tried = {_text(line) for line in blocks.get("failed", "").splitlines()}
    written = method
    for attempt in range(4):
        written = _written(method, blocks, Dice(dice.roll(), attempt))
        if written != method and written not in tried:
            break
    return [written]


def _written(method: str, blocks: Mapping[str, str], dice: Dice) -> str:
    reasons = [_reason(line) for line in blocks.get("failures", "").splitlines()]
    counts = Counter(kind for reason in reasons if (kind := kind_of_reason(reason)))
    text = method
    for guard in _wanted_guards(counts, dice):
        if guard not in read_method(text).guided:
            text = _with_sentence(text, dice.pick(_WEAK if dice.hits(WEAK_RATE) else FIXES[guard]))
    for line in blocks.get("feedback", "").splitlines():
        if line.strip() and line.strip() not in text:
            text = _with_sentence(text, line.strip().rstrip(".") + ".")
    if text == method or dice.hits(UNASKED_RATE):
        missing = [guard for guard in FIXES if guard not in read_method(text).guided]
        text = _with_sentence(text, dice.pick(FIXES[dice.pick(missing)] if missing else _WEAK))
    return _spoilt(text, dice) if dice.hits(SPOILT_RATE) else text


def _wanted_guards(counts: Counter[str], dice: Dice) -> list[str]:
    """Guidance against the kinds that were named, the frequent ones surely."""
    wanted: dict[str, None] = {}
    for kind, count in counts.most_common():
        guards = GUARDS.get(kind, ())
        if guards and dice.hits(1 - (1 - ADDRESSED_RATE) ** count):
            wanted[guards[0]] = None
            if len(guards) > 1 and dice.hits(SECOND_GUARD_RATE):
                wanted[guards[1]] = None
    return list(wanted)


def _with_sentence(method: str, sentence: str) -> str:
    """Put the sentence at the end of the step that rewrites, else of the last one."""
    parts = _STEP_START.split(method)
    places = [index for index, part in enumerate(parts) if _REWRITES.search(part)]
    index = places[-1] if places else len(parts) - 1
    body = parts[index].rstrip()
    parts[index] = f"{body} {sentence}".strip() + parts[index][len(body) :]
    return "".join(parts)


def _spoilt(method: str, dice: Dice) -> str:
    """A version that is worse than it should be, so that choosing among methods matters."""
    if dice.hits(0.6):
        return _with_sentence(method, dice.pick(_HARMFUL))
    parts = _STEP_START.split(method)
    index = dice.below(len(parts))
    sentences = _SENTENCE.split(parts[index].rstrip())
    if len(sentences) < 2:
        return _with_sentence(method, dice.pick(_HARMFUL))
    tail = parts[index][len(parts[index].rstrip()) :]
    del sentences[1 + dice.below(len(sentences) - 1)]
    parts[index] = " ".join(sentences) + tail
    return "".join(parts)


def _reason(line: str) -> str:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return line
    return str(data.get("reason", "")) if isinstance(data, dict) else str(data)


def _text(line: str) -> str:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return line
    return data if isinstance(data, str) else ""
