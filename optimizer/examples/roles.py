"""Which column is the expected answer, which ones the model reads, and which nobody needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.errors import InputError
from optimizer.examples.table import ExampleTable
from optimizer.ways_out import Fix, Knob

TARGET_NAMES = (
    "label", "labels", "target", "expected", "gold", "answer", "output", "class", "category",
    "intent", "sentiment", "verdict", "y", "result", "completion", "response", "is_hate", "ishate",
)  # fmt: skip
INPUT_NAMES = (
    "text", "input", "question", "message", "content", "comment", "statement", "ticket", "request",
    "sentence", "tweet", "query", "email", "document", "review", "instruction", "prompt", "body", "x",
)  # fmt: skip
GENERIC_PLACEHOLDERS = frozenset({"text", "input", "question", "message", "content", "query", "example"})
_ID_NAMES = frozenset({"id", "uid", "uuid", "index", "idx", "row", "no", "nr", "key", "canary", "created_at"})


@dataclass(frozen=True, slots=True)
class ColumnRoles:
    """What each column is for. ``guessed`` is False when a person named target and inputs."""

    inputs: tuple[str, ...]
    target: str
    ignored: tuple[str, ...]
    guessed: bool
    notes: tuple[str, ...] = ()


def folded(name: str) -> str:
    """Fold a column or placeholder name for comparison: case, spaces, dashes and underscores."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def guess_roles(
    table: ExampleTable,
    placeholders: Sequence[str] = (),
    *,
    target: str | None = None,
    inputs: Sequence[str] = (),
    target_needed: bool = True,
) -> ColumnRoles:
    """Decide the columns' roles from the prompt's placeholders, the names, and the values.

    With ``target_needed`` off the target is empty unless one of several columns is called like one.

    Raises:
        InputError: a named column does not exist, or no column can be the expected answer.
    """
    wanted_target = _column(table, target, "expected answer") if target else None
    wanted_inputs = tuple(_column(table, name, "input") for name in inputs)
    used = {folded(name) for name in placeholders}
    chosen_target = wanted_target or _guess_target(table, used, wanted_inputs, needed=target_needed)
    rest = tuple(column for column in table.columns if column != chosen_target)
    chosen_inputs = wanted_inputs or _guess_inputs(rest, used)
    if not chosen_inputs or chosen_target in chosen_inputs:
        raise InputError(
            f"{table.name}: no column is left for the input beside {chosen_target!r}.",
            "Add a column with the text that the model shall read.",
            field="examples",
            file=table.name,
        )
    return ColumnRoles(
        inputs=chosen_inputs,
        target=chosen_target,
        ignored=tuple(column for column in rest if column not in chosen_inputs),
        guessed=wanted_target is None or not wanted_inputs,
    )


def _column(table: ExampleTable, name: str, what: str) -> str:
    for column in table.columns:
        if column == name or folded(column) == folded(name):
            return column
    raise InputError(
        f"{table.name} has no column {name!r} for the {what}.",
        f"Its columns are {', '.join(table.columns)}.",
        field="examples",
        file=table.name,
    )


def _guess_target(table: ExampleTable, used: set[str], inputs: Sequence[str], *, needed: bool) -> str:
    if needed and len(table.columns) == 1:
        raise InputError(
            f"{table.name} has only the column {table.columns[0]!r}.",
            Fix("Add one with the expected answers, or {}.", Knob.JUDGED),
            field="examples",
            file=table.name,
        )
    free = [column for column in table.columns if folded(column) not in used and column not in inputs]
    for name in TARGET_NAMES if needed or len(table.columns) > 1 else ():
        for column in free:
            if folded(column) == folded(name):
                return column
    if not needed:
        return ""
    candidates = [
        column
        for column in free
        if folded(column) not in _ID_NAMES and folded(column) not in {folded(name) for name in INPUT_NAMES}
    ]
    few_values = [column for column in candidates if _distinct(table, column) <= max(2, len(table.rows) // 4)]
    for pool in (few_values, candidates):
        if pool:
            return pool[-1]
    raise InputError(
        f"{table.name}: no column looks like the expected answer (columns: {', '.join(table.columns)}).",
        Fix("Name that column 'label' or 'expected', or {}.", Knob.JUDGED),
        field="examples",
        file=table.name,
    )


def _guess_inputs(rest: Sequence[str], used: set[str]) -> tuple[str, ...]:
    filled = tuple(column for column in rest if folded(column) in used)
    if filled:
        return filled
    known = {folded(name) for name in INPUT_NAMES}
    named = tuple(column for column in rest if folded(column) in known)
    if named:
        return named
    return tuple(column for column in rest if folded(column) not in _ID_NAMES) or tuple(rest)


def _distinct(table: ExampleTable, column: str) -> int:
    return len({row[column] for row in table.rows})
