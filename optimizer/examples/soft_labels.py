"""Annotator averages (0.0 … 1.0) as expected answers: turned into 0/1, and said so."""

from __future__ import annotations

from optimizer.counted import counted
from optimizer.examples.table import ExampleTable

THRESHOLD = 0.5


def harden(table: ExampleTable, target: str) -> tuple[ExampleTable, tuple[str, ...]]:
    """Turn a target column of fractions into the labels 1 (0.5 or more) and 0; else return it unchanged.

    Only a column whose values are all numbers within 0..1, with more than two different ones, counts.
    The second value holds the note that the person must see.
    """
    values = [_number(row[target]) for row in table.rows if row[target].strip()]
    numbers = [value for value in values if value is not None]
    fractions = len(set(numbers)) > 2 and all(0 <= value <= 1 for value in numbers)
    if not numbers or len(numbers) < len(values) or not fractions:
        return table, ()
    rows = tuple({**row, target: _hard(row[target])} for row in table.rows)
    ones = sum(row[target] == "1" for row in rows)
    note = (
        f"{target!r} holds fractions: {THRESHOLD} or more counts as 1 ({counted(ones, 'row')}), less as 0 "
        f"({counted(len(numbers) - ones, 'row')})."
    )
    return ExampleTable(table.name, table.columns, rows, table.notes), (note,)


def _number(text: str) -> float | None:
    try:
        return float(text.strip())
    except ValueError:
        return None


def _hard(text: str) -> str:
    value = _number(text)
    if value is None:
        return text
    return "1" if value >= THRESHOLD else "0"
