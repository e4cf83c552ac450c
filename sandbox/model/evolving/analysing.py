"""Analyse: which of the shown cases failed, and why, in plain words; not all are found, sometimes one too many."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from sandbox.model.dice import Dice
from sandbox.model.evolving.lapse_reasons import REASONS, kind_of_reason

TOLD_RATE = 0.9
SEEN_RATE = 0.75
FALSE_ALARM_RATE = 0.04

_ACKNOWLEDGED = re.compile(
    r"understood|thank you|verstanden|vielen dank|compris|merci|entendido|gracias", re.IGNORECASE
)
_OFFERED = re.compile(r"sure\b|certainly|of course|gerne|natürlich|bien sûr|claro", re.IGNORECASE)
_ASKED = re.compile(
    r"please provide|need more information|bitte geben|veuillez fournir|proporciona|fornisci|forneça|proszę podać"
    r"|предоставьте|提供してください|请提供|meer informatie nodig",
    re.IGNORECASE,
)
_IMPOSSIBLE = re.compile(r"not possible|nicht möglich|n'est pas possible|no es posible", re.IGNORECASE)
_META = re.compile(r"rewritten (?:instruction|prompt)|more complex version|</?method>", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")


def find_failed(blocks: Mapping[str, str], dice: Dice) -> list[dict[str, object]]:
    """Return ``{"case": n, "reason": …}`` for the cases that the analyst takes for failed."""
    failed: list[dict[str, object]] = []
    for line in blocks.get("trajectories", "").splitlines():
        case = _read(line)
        if case is None:
            continue
        told = str(case.get("failure") or "")
        kind = kind_of_reason(told) or ("" if told else seen(case))
        rate = TOLD_RATE if told else SEEN_RATE if kind else FALSE_ALARM_RATE
        if not dice.hits(rate):
            continue
        if not kind and not told:
            kind = dice.pick(sorted(REASONS))
        reason = dice.pick(REASONS[kind]) if kind else told
        failed.append({"case": case["case"], "reason": reason})
    return failed


def seen(case: Mapping[str, object]) -> str:
    """Return the lapse that the texts of a case show by themselves, "" for none."""
    stages = case.get("stages")
    texts = [str(stage) for stage in stages] if isinstance(stages, list) else []
    response = str(case.get("response") or "").strip()
    if len(texts) > 1 and (kind := _seen_in_texts(texts[0], texts[-1])):
        return kind
    if _ASKED.search(response[:400]):
        return "dangling"
    if _IMPOSSIBLE.search(response[:200]):
        return "contradiction"
    if response.endswith(("?", "？")):
        start = response.lstrip("\"'*¡¿ ")
        return "statement" if _ACKNOWLEDGED.match(start) else "vague" if _OFFERED.match(start) else ""
    return ""


def _seen_in_texts(first: str, last: str) -> str:
    if _folded(first) == _folded(last):
        return "unchanged"
    if _META.search(last) and not _META.search(first):
        return "leaked"
    if len(last) > 4 * len(first) + 1_200:
        return "runaway"
    given = set(_NUMBER.findall(first))
    if len(given) > 1 and 2 * len(given & set(_NUMBER.findall(last))) < len(given):
        return "dangling"
    return ""


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _read(line: str) -> dict[str, object] | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and isinstance(data.get("case"), int | str) else None
