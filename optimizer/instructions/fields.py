"""The instruction, its context and its answer out of one row, or why they cannot be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.instructions.raw_rows import RawRow, is_broken, not_utf8
from optimizer.instructions.shapes import ANSWER_ROLES, INSTANCES, USER_ROLES, Layout, recognise


@dataclass(frozen=True, slots=True)
class Fields:
    """The texts of a usable row; ``context`` and ``response`` may be ""."""

    text: str
    context: str = ""
    response: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is not usable: the ``kind`` that it is counted under, and a clause about this row."""

    kind: str
    why: str


EMPTY = "empty instruction"
MISSING = "no instruction field"
OTHER_SHAPE = "another shape"
LONG = "too long"
REPEATED = "repeats an earlier row"
UNREADABLE_ROW = "cannot be read"


def fields_of(raw: RawRow, layout: Layout, max_chars: int) -> Fields | Problem:
    """Return the texts of a row under ``layout``, or the first thing that is wrong with it."""
    if raw.why:
        return Problem(UNREADABLE_ROW, raw.why)
    found = (
        _chat(raw.values, layout) if layout.shape in ("openai", "sharegpt") else _table(raw.values, layout)
    )
    if isinstance(found, Problem):
        other = recognise(raw.values)
        if found.kind == MISSING and other is not None and other.shape != layout.shape:
            return Problem(OTHER_SHAPE, f"is {other.shown} where the file is {layout.shown}")
        return found
    for text in (found.text, found.context, found.response):
        if is_broken(text):
            return Problem(UNREADABLE_ROW, not_utf8(text))
    if not found.text.strip():
        return Problem(EMPTY, "has an empty instruction")
    size = len(found.text) + len(found.context)
    if size > max_chars:
        return Problem(LONG, f"has {size:,} characters; up to {max_chars:,} are evolved")
    return found


def message_text(content: Any) -> str | None:
    """Return the text of a message's content, also of one given as parts; None when it is not text alone."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return None
    parts = [part.get("text") for part in content if isinstance(part, Mapping) and part.get("type") == "text"]
    texts = [part for part in parts if isinstance(part, str)]
    return "\n".join(texts) if len(texts) == len(content) else None


def _table(values: Mapping[str, Any], layout: Layout) -> Fields | Problem:
    if layout.text not in values:
        return Problem(MISSING, f"has no field {layout.text!r}")
    text = _as_text(values[layout.text])
    if text is None:
        return Problem(MISSING, f"holds no text under {layout.text!r}")
    if layout.response == INSTANCES:
        first = values.get(INSTANCES)
        pair = first[0] if isinstance(first, list) and first and isinstance(first[0], dict) else {}
        return Fields(text, _as_text(pair.get("input")) or "", _as_text(pair.get("output")) or "")
    return Fields(
        text, _as_text(values.get(layout.context)) or "", _as_text(values.get(layout.response)) or ""
    )


def _chat(values: Mapping[str, Any], layout: Layout) -> Fields | Problem:
    turns = values.get(layout.text)
    if not isinstance(turns, list):
        return Problem(MISSING, f"has no list {layout.text!r}")
    who, what = layout.turn_fields
    if any(not isinstance(turn, dict) or who not in turn or what not in turn for turn in turns):
        return Problem(MISSING, f"has a turn without {who!r} or {what!r}")
    asked = next((at for at, turn in enumerate(turns) if str(turn[who]).lower() in USER_ROLES), None)
    if asked is None:
        return Problem(MISSING, "has no turn of a user")
    text = message_text(turns[asked][what])
    if text is None:
        return Problem(MISSING, "has a first question that is not text alone")
    answer = turns[asked + 1] if asked + 1 < len(turns) else {}
    is_answer = str(answer.get(who)).lower() in ANSWER_ROLES
    return Fields(text, response=(message_text(answer[what]) or "") if is_answer else "")


def _as_text(value: Any) -> str | None:
    """Return a cell as text; None for lists and objects."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) else None
