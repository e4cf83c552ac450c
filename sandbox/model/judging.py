"""Judging answers by criteria in plain words: a few checks that a text can really be put to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.model.words import stem, tokens

_BLOCK = re.compile(r"^<(criteria|case)>[ \t]*\n(.*?)^</\1>[ \t]*$", re.MULTILINE | re.DOTALL)
_LIMIT = re.compile(
    r"(?:at most|up to|no more than|maximum of|within|under)\s+(\w+)\s+(words?|sentences?|characters?)", re.I
)
_ONE = re.compile(r"\b(?:one|a single)\s+(word|sentence)\b", re.IGNORECASE)
_MENTION = re.compile(
    r"""(?:mentions?|contains?|includes?|says?|uses?|names?)\s+(?:the\s+\w+\s+)?["“'‘]([^"”'’]+)["”'’]""",
    re.I,
)
_AVOID = re.compile(
    r"""(?:never|not|no|without|avoids?)\s+(?:\w+\s+){0,3}["“'‘]([^"”'’]+)["”'’]""", re.IGNORECASE
)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
_POLITE = re.compile(r"\b(?:please|thank|thanks|sorry|happy to|glad|welcome|kindly)\b", re.IGNORECASE)
_HEDGE = re.compile(r"\b(?:hard to say|could be|i think|maybe|perhaps|might be|i would rather)\b", re.I)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the criteria ask for: ``holds`` tells whether a text has it."""

    name: str
    holds: Callable[[str], bool]


def judge_case(text: str) -> dict[str, object]:
    """Return ``{"score": 0|1, "reason": …}`` for the case in a ``Job: judge`` request."""
    criteria, case = _read(text)
    answer, expected = case.get("answer", ""), case.get("expected", "")
    missed = _missed(criteria, expected, answer)
    if missed:
        return {"score": 0, "reason": f"The answer misses a criterion: {missed[0]}."}
    return {"score": 1, "reason": "The answer meets the criteria that could be checked."}


def compare_case(text: str) -> dict[str, object]:
    """Return ``{"better": first|second|equal, "reason": …}`` for a ``Job: compare`` request."""
    criteria, case = _read(text)
    expected = case.get("expected", "")
    first = _missed(criteria, expected, case.get("first", ""))
    second = _missed(criteria, expected, case.get("second", ""))
    if len(first) == len(second):
        return {"better": "equal", "reason": "Both answers meet as many of the criteria."}
    better, worse = ("first", second) if len(first) < len(second) else ("second", first)
    return {"better": better, "reason": f"The other answer misses a criterion: {worse[0]}."}


def checks_of(criteria: str, expected: str) -> list[Check]:
    """Return the checks that the criteria's words ask for; agreement with the expected answer is one."""
    checks = []
    for number, unit in _LIMIT.findall(criteria) + [("one", unit) for unit in _ONE.findall(criteria)]:
        limit = _NUMBERS.get(number.lower()) or (int(number) if number.isdigit() else 0)
        if limit:
            checks.append(_at_most(limit, unit.lower().rstrip("s")))
    avoided = _AVOID.findall(criteria)
    for phrase in avoided:
        checks.append(Check(f"it must not say “{phrase}”", _without(phrase)))
    for phrase in _MENTION.findall(criteria):
        if phrase not in avoided:
            checks.append(Check(f"it must say “{phrase}”", _with(phrase)))
    if re.search(r"\b(?:polite|friendly|courteous|kind)", criteria, re.IGNORECASE):
        checks.append(Check("it must be polite", lambda text: bool(_POLITE.search(text))))
    if re.search(r"\b(?:confident|direct|hedg\w+|clear)", criteria, re.IGNORECASE):
        checks.append(Check("it must not hedge", lambda text: not _HEDGE.search(text)))
    if expected:
        checks.append(Check("it must agree with the expected answer", lambda text: _agrees(expected, text)))
    return checks


def _missed(criteria: str, expected: str, answer: str) -> list[str]:
    return [check.name for check in checks_of(criteria, expected) if not check.holds(answer)]


def _with(phrase: str) -> Callable[[str], bool]:
    return lambda text: phrase.lower() in text.lower()


def _without(phrase: str) -> Callable[[str], bool]:
    return lambda text: phrase.lower() not in text.lower()


def _at_most(limit: int, unit: str) -> Check:
    def count(text: str) -> int:
        if unit == "word":
            return len(text.split())
        if unit == "sentence":
            return len([part for part in re.split(r"[.!?]+(?:\s|$)", text) if part.strip()])
        return len(text)

    return Check(f"it may have at most {limit} {unit}s", lambda text: count(text) <= limit)


def _agrees(expected: str, answer: str) -> bool:
    """Tell whether the answer has at least two thirds of the expected answer's words."""
    wanted = {stem(word) for word in tokens(expected)}
    given = {stem(word) for word in tokens(answer)}
    return 3 * len(wanted & given) >= 2 * len(wanted)


def _read(text: str) -> tuple[str, dict[str, str]]:
    blocks = {match[1]: match[2].strip("\n") for match in _BLOCK.finditer(text)}
    try:
        case = json.loads(blocks.get("case", "{}"))
    except (ValueError, RecursionError):
        case = {}
    fields = case if isinstance(case, dict) else {}
    return blocks.get("criteria", ""), {str(name): str(value) for name, value in fields.items()}
