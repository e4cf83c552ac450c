"""How rows hold their instruction, recognised by their fields: Alpaca, ShareGPT, OpenAI chat, plain tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.errors import InputError
from optimizer.instructions.data_file import FIELD
from optimizer.instructions.records import Shape
from optimizer.ways_out import Fix, Knob

USER_ROLES = frozenset({"human", "user"})
ANSWER_ROLES = frozenset({"assistant", "gpt", "model", "chatgpt", "bing", "bard"})
SYSTEM_ROLES = frozenset({"system", "developer"})
INSTANCES = "instances"
"""Where a seed task of Alpaca and Self-Instruct keeps its inputs and outputs."""
_TURNS = ("messages", "conversations", "conversation")
_INSTRUCTION = ("instruction", "prompt", "question", "query", "request", "task", "text", "input", "sentence")
_RESPONSE = ("output", "response", "answer", "completion", "solution", "target")
_CONTEXT = ("context", "input", "passage")
_TITLES: Mapping[str, str] = {
    "alpaca": "Alpaca",
    "sharegpt": "ShareGPT",
    "openai": "OpenAI chat",
    "plain": "plain table",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which fields hold what. ``text`` names the list of turns in the two chat shapes; "" means not there."""

    shape: Shape
    text: str
    context: str = ""
    response: str = ""

    @property
    def shown(self) -> str:
        """The layout as people are told: ``Alpaca (instruction, input, output)``."""
        fields = ", ".join(filter(None, (self.text, self.context, self.response)))
        return f"{_TITLES[self.shape]} ({fields})"

    @property
    def turn_fields(self) -> tuple[str, str]:
        """The fields of a turn that hold who speaks and what is said; chat shapes only."""
        return ("from", "value") if self.shape == "sharegpt" else ("role", "content")


def recognise(values: Mapping[str, Any]) -> Layout | None:
    """Return the layout that a row's fields show by themselves, None for a plain table."""
    for name in _TURNS:
        turns = values.get(name)
        if isinstance(turns, list) and turns and isinstance(turns[0], dict):
            if turns[0].keys() >= {"role", "content"}:
                return Layout("openai", name)
            if turns[0].keys() >= {"from", "value"}:
                return Layout("sharegpt", name)
    if "instruction" in values and INSTANCES in values:
        return Layout("alpaca", "instruction", response=INSTANCES)
    if values.keys() >= {"instruction", "output"}:
        return Layout("alpaca", "instruction", "input" if "input" in values else "", "output")
    return None


def choose_layout(name: str, rows: Iterable[Mapping[str, Any]], field: str = "") -> Layout:
    """Return the layout that most of the first ``rows`` have; ``field`` names the instruction's column.

    Raises:
        InputError: no row has ``field``, or no field looks like an instruction.
    """
    found: Counter[Layout] = Counter()
    columns: dict[str, None] = {}
    for values in rows:
        columns.update(dict.fromkeys(map(str, values)))
        layout = _plain(values, field) if field else recognise(values) or _plain(values)
        if layout is not None:
            found[layout] += 1
    if found:
        return _completed(found)
    named = ", ".join(filter(None, columns)) or "none at all"
    raise InputError(
        f"{name} has no field {field!r}; its fields are {named[:300]}."
        if field
        else f"{name}: none of the fields looks like an instruction; they are {named[:300]}.",
        Fix("Name the field that holds the instruction {}.", Knob.INSTRUCTION_FIELD),
        field=FIELD,
        file=name,
    )


def _completed(found: Counter[Layout]) -> Layout:
    """Return the most frequent layout; rows that only lack optional fields do not make a shape of their own."""
    shape, text = Counter({(key.shape, key.text): 0 for key in found}), ""
    for layout, count in found.items():
        shape[layout.shape, layout.text] += count
    (kind, text), _ = shape.most_common(1)[0]
    alike = [layout for layout in found if (layout.shape, layout.text) == (kind, text)]
    return max(alike, key=lambda layout: (bool(layout.context) + bool(layout.response), found[layout]))


def _plain(values: Mapping[str, Any], field: str = "") -> Layout | None:
    names = {str(name).strip().lower(): str(name) for name in values}
    text = field if field in values else ""
    if not field:
        text = next(
            (names[name] for name in _INSTRUCTION if name in names and _is_text(values[names[name]])), ""
        )
        if not text and len(values) == 1 and all(map(_is_text, values.values())):
            text = next(iter(values))
    if not text:
        return None
    context = next((names[name] for name in _CONTEXT if name in names and names[name] != text), "")
    response = next((names[name] for name in _RESPONSE if name in names and names[name] != text), "")
    return Layout("plain", text, context, response)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
