"""A table of examples as read from files, before anybody decided what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.errors import InputError


@dataclass(frozen=True, slots=True)
class ExampleTable:
    """Rows of strings under named columns. ``notes`` say what was skipped or assumed while reading."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    notes: tuple[str, ...] = ()


def merge_tables(tables: Sequence[ExampleTable]) -> ExampleTable:
    """Put the rows of several files with the same columns into one table, in the given order.

    Raises:
        InputError: no table at all, or a file whose columns differ from the first one's.
    """
    if not tables:
        raise InputError("There are no examples.", "Attach a CSV, TSV, JSON or JSONL file.", field="examples")
    first = tables[0]
    for other in tables[1:]:
        if set(other.columns) != set(first.columns):
            raise InputError(
                f"{other.name} has the columns {', '.join(other.columns)}, "
                f"but {first.name} has {', '.join(first.columns)}.",
                "Give every file the same columns, or attach only one of them.",
                field="examples",
                file=other.name,
            )
    return ExampleTable(
        name=", ".join(table.name for table in tables),
        columns=first.columns,
        rows=tuple(row for table in tables for row in table.rows),
        notes=tuple(note for table in tables for note in table.notes),
    )
