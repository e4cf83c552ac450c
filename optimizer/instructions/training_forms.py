"""A row of the result in the forms that fine-tuning tools read: Alpaca, OpenAI chat, or that of its data.

Alpaca is ``instruction``, ``input``, ``output`` (Stanford Alpaca, LLaMA-Factory, Axolotl); OpenAI chat is
``messages`` of ``role`` and ``content`` (OpenAI fine-tuning, TRL's conversational language modelling). An
evolved instruction stands for itself: what it needs of a context is in it, so ``input`` is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from optimizer.instructions.fields import Fields, fields_of, message_text
from optimizer.instructions.raw_rows import RawRow
from optimizer.instructions.shapes import ANSWER_ROLES, INSTANCES, SYSTEM_ROLES, USER_ROLES, Layout
from optimizer.instructions.stored_rows import StoredRow

Form = Literal["alpaca", "openai", "same"]
FORMS: tuple[Form, ...] = get_args(Form)
_ANY_LENGTH = 1 << 62


def training_row(row: StoredRow, layout: Layout, form: Form) -> dict[str, Any]:
    """Return ``row`` in ``form``; rows that were not evolved hold what they held before."""
    if form == "alpaca":
        return _alpaca(row, layout)
    if form == "openai":
        return {"messages": _messages(row, layout)}
    return _same(row, layout)


def _alpaca(row: StoredRow, layout: Layout) -> dict[str, Any]:
    fields = _fields(row, layout)
    return {"instruction": fields.text, "input": fields.context, "output": fields.response}


def _messages(row: StoredRow, layout: Layout) -> list[dict[str, str]]:
    turns = _openai_turns(row.original, layout)
    if row.fate != "evolved" and turns:
        return turns
    fields = _fields(row, layout)
    asked = f"{fields.text}\n\n{fields.context}" if fields.context else fields.text
    system = [turn for turn in turns if turn["role"] == "system"]
    return [*system, {"role": "user", "content": asked}, *_answer(fields.response)]


def _answer(response: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": response}] if response else []


def _fields(row: StoredRow, layout: Layout) -> Fields:
    if row.fate == "evolved":
        return Fields(row.text, response=row.response)
    found = fields_of(RawRow(row.row, row.original), layout, _ANY_LENGTH)
    return found if isinstance(found, Fields) else Fields(row.text, response=row.response)


def _turns(original: Mapping[str, Any], layout: Layout) -> list[dict[str, Any]]:
    """Return the turns of a chat row that are whole; none for the other shapes."""
    turns = original.get(layout.text) if layout.shape in ("sharegpt", "openai") else None
    who, what = layout.turn_fields
    return (
        [turn for turn in turns if isinstance(turn, dict) and who in turn and what in turn]
        if isinstance(turns, list)
        else []
    )


def _openai_turns(original: Mapping[str, Any], layout: Layout) -> list[dict[str, str]]:
    who, what = layout.turn_fields
    return [
        {"role": _role(str(turn[who])), "content": message_text(turn[what]) or ""}
        for turn in _turns(original, layout)
    ]


def _role(name: str) -> str:
    lowered = name.lower()
    for role, names in (("user", USER_ROLES), ("assistant", ANSWER_ROLES), ("system", SYSTEM_ROLES)):
        if lowered in names:
            return role
    return name


def _same(row: StoredRow, layout: Layout) -> dict[str, Any]:
    if row.fate != "evolved":
        return dict(row.original)
    if layout.shape in ("sharegpt", "openai"):
        return {**row.original, layout.text: _rewritten_turns(row, layout)}
    changed: dict[str, Any] = {layout.text: row.text}
    if layout.context:
        changed[layout.context] = ""
    if layout.response == INSTANCES:
        changed[INSTANCES] = [{"input": "", "output": row.response}]
    elif layout.response:
        changed[layout.response] = row.response
    return {**row.original, **changed}


def _rewritten_turns(row: StoredRow, layout: Layout) -> list[dict[str, Any]]:
    """Return the system's turns, the evolved question and its answer; later turns spoke of the old ones."""
    who, what = layout.turn_fields
    turns = _turns(row.original, layout)
    system = [turn for turn in turns if str(turn[who]).lower() in SYSTEM_ROLES]
    asked = next((str(turn[who]) for turn in turns if str(turn[who]).lower() in USER_ROLES), "user")
    usual = "gpt" if layout.shape == "sharegpt" else "assistant"
    said = next((str(turn[who]) for turn in turns if str(turn[who]).lower() in ANSWER_ROLES), usual)
    answer = [{who: said, what: row.response}] if row.response else []
    return [*system, {who: asked, what: row.text}, *answer]
