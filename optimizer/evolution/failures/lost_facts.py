"""Evolved instructions that no longer hold what the original gave to work with."""

from __future__ import annotations

import re
from collections.abc import Iterable

from optimizer.evolution.cases import EvolutionCase
from optimizer.languages.function_words import ANY_FUNCTION_WORD
from optimizer.languages.words import words_of

FEWEST_NUMBERS = 2
FEWEST_NAMES_IN_CODE = 3
LEAST_KEPT = 0.5
LONG_WORD = 3
LEAST_SHARED = 0.2

_LIST_NUMBER = re.compile(r"^[ \t]*\d{1,2}[.)][ \t]", re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{{1,2}[A-Za-z_]\w{0,40}\}{1,2}")
_QUOTED_CODE = re.compile(r"`([^`\n]{1,200})`")


class LostFacts:
    """Numbers, code, addresses or placeholders of the original vanished from the evolved instruction.

    Source: the paper's third class (loss of key information) and its hand audit of GSM8K failures, found
    before an answer is paid for. The rule holds back: of the numbers more than half must be gone, and
    one alone may change; of the code more than half of its words; of web and mail addresses and
    placeholders all of one kind. Names of people and places are not looked at: in German every noun has
    a capital letter, in Chinese none has. An instruction with few words of the original (they make up less than a
    fifth of its longer words) is another task, as Evol-Instruct's in-breadth operator wants it: it owes no facts.
    """

    name = "lost-facts"
    needs_response = False

    def why(self, case: EvolutionCase) -> str | None:
        """Compare the facts of both texts, kind by kind."""
        reason = _lost(case)
        return reason if reason and _same_task(case) else None


def _lost(case: EvolutionCase) -> str | None:
    numbers, left = _numbers(case.original), _numbers(case.evolved)
    if len(numbers) >= FEWEST_NUMBERS and _kept(numbers, left) < LEAST_KEPT:
        lost = [number for number in numbers if number not in left]
        return f"Numbers of the original are gone ({', '.join(lost[:5])})."
    for kind, find in (("address", _addresses), ("placeholder", _placeholders)):
        facts = find(case.original)
        if facts and not _kept(facts, find(case.evolved)):
            return f"The {kind} {next(iter(facts))} of the original is gone."
    code = _code(case.original)
    if len(code) >= FEWEST_NAMES_IN_CODE and (
        _kept(code, dict.fromkeys(words_of(case.evolved))) < LEAST_KEPT
    ):
        return "The code of the original is gone."
    return None


def _same_task(case: EvolutionCase) -> bool:
    """Tell whether the evolved instruction shares enough of its longer words with the original."""
    before, after = (
        {word for word in words_of(text) if len(word) > LONG_WORD or word >= "\u3040"} - ANY_FUNCTION_WORD
        for text in (case.original, case.evolved)
    )
    return len(after & before) >= LEAST_SHARED * len(after)


def _kept(facts: dict[str, None], after: dict[str, None]) -> float:
    return len(facts.keys() & after.keys()) / len(facts)


def _numbers(text: str) -> dict[str, None]:
    """Return the numbers, without those that only count the lines of a list; 1,000 is 1000."""
    found = _NUMBER.findall(_LIST_NUMBER.sub("", text))
    return dict.fromkeys(number.replace(",", "").lstrip("0") or "0" for number in found)


def _addresses(text: str) -> dict[str, None]:
    found = _ADDRESS.findall(text) if "://" in text else []
    mails = [word for word in text.split() if "@" in word[1:-1]] if "@" in text else []
    return _trimmed((*found, *mails))


def _trimmed(facts: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(fact.casefold().strip(".,;:!?()<>[]\"'/") for fact in facts)


def _placeholders(text: str) -> dict[str, None]:
    return _trimmed(_PLACEHOLDER.findall(text)) if "{" in text else {}


def _code(text: str) -> dict[str, None]:
    """Return the words inside fences and backticks."""
    if "`" not in text:
        return {}
    fenced = text.split("```")[1::2]
    quoted = _QUOTED_CODE.findall(text.replace("```", "\n"))
    return dict.fromkeys(word for part in (*fenced, *quoted) for word in words_of(part))
