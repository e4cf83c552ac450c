"""Reading the replies of an evolution: the evolved instruction, the failed cases, the new method."""

from __future__ import annotations

from optimizer.loose_json import json_objects

_OPEN, _CLOSE = "<evolved>", "</evolved>"
_DECORATION = " \t\r\n`*_"


def read_evolved(reply: str) -> str:
    """Return the evolved instruction that ends ``reply``; "" when the reply does not end with one.

    Text outside the block is never taken for the instruction: a reply without a block, one that was
    cut off inside it, and one that goes on behind it hold none.
    """
    end = reply.rfind(_CLOSE)
    if end < 0 or reply[end + len(_CLOSE) :].strip(_DECORATION):
        return ""
    start = reply.rfind(_OPEN, 0, end)
    return reply[start + len(_OPEN) : end].strip() if start >= 0 else ""


def read_failed_cases(reply: str, cases: int) -> tuple[tuple[int, str], ...] | None:
    """Return (case number, reason) of the cases that an analysis found fault with, by number.

    None when the reply has no such list. Numbers outside 1..``cases`` are dropped, and of several
    reasons for one case the first counts.
    """
    for found in json_objects(reply):
        failed = found.get("failed")
        if not isinstance(failed, list):
            continue
        reasons: dict[int, str] = {}
        for item in failed:
            number, reason = _failed_case(item)
            if 1 <= number <= cases and reason:
                reasons.setdefault(number, reason)
        return tuple(sorted(reasons.items()))
    return None


def _failed_case(item: object) -> tuple[int, str]:
    if not isinstance(item, dict):
        return 0, ""
    try:
        number = int(str(item.get("case")).strip())
    except ValueError:
        return 0, ""
    return number, " ".join(str(item.get("reason") or "").split())
