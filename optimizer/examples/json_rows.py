"""JSON and JSONL files to rows, with the broken line named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from optimizer.errors import InputError
from optimizer.examples.table import ExampleTable


def read_json(name: str, text: str) -> ExampleTable:
    """Read a list of objects, or an object that holds exactly one such list (``examples``, ``data`` …).

    Raises:
        InputError: not JSON (with the line), or not a list of objects (with the row).
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name} is not JSON: line {error.lineno}, column {error.colno}.",
            "Mend that place, or save one object per line as .jsonl.",
            field="examples",
            file=name,
            row=error.lineno,
        ) from None
    except (ValueError, RecursionError):  # numbers of thousands of digits, lists in lists in lists …
        raise InputError(
            f"{name} holds JSON of a kind that no table of examples has.",
            'Make it a list of objects: [{"text": "…", "label": "…"}, …].',
            field="examples",
            file=name,
        ) from None
    return _table(name, _find_list(name, value))


def read_jsonl(name: str, text: str) -> ExampleTable:
    """Read one JSON object per line; blank lines are skipped.

    Raises:
        InputError: a line that is not a JSON object (with its number).
    """
    records: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            records.append(json.loads(line))
        except (ValueError, RecursionError):
            raise InputError(
                f"{name}, line {number}: not a JSON object.",
                'Each line must hold one object such as {"text": "…", "label": "…"}.',
                field="examples",
                file=name,
                row=number,
            ) from None
    return _table(name, records)


def _find_list(name: str, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping):
        lists = [item for item in value.values() if isinstance(item, list)]
        if len(lists) == 1:
            return lists[0]
    raise InputError(
        f"{name} holds no list of examples.",
        'Make it a list of objects: [{"text": "…", "label": "…"}, …].',
        field="examples",
        file=name,
    )


def _table(name: str, records: list[Any]) -> ExampleTable:
    columns: dict[str, None] = {}
    for number, record in enumerate(records, start=1):
        if not isinstance(record, Mapping):
            raise InputError(
                f"{name}, row {number}: not an object with named fields.",
                'Write it as {"text": "…", "label": "…"}.',
                field="examples",
                file=name,
                row=number,
            )
        columns.update(dict.fromkeys(str(key) for key in record))
    if not records:
        raise InputError(f"{name} has no rows.", "Give it examples.", field="examples", file=name)
    rows = []
    for number, record in enumerate(records, start=1):
        missing = [column for column in columns if column not in record]
        if missing:
            raise InputError(
                f"{name}, row {number}: the field {missing[0]!r} is missing.",
                "Give every row the same fields.",
                field="examples",
                file=name,
                row=number,
            )
        rows.append({column: _as_text(record[column]) for column in columns})
    return ExampleTable(name=name, columns=tuple(columns), rows=tuple(rows))


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)


def looks_like_jsonl(text: str) -> bool:
    """Tell whether each of the first lines is an object of its own."""
    lines = [line for line in text.split("\n")[:50] if line.strip()]
    return len(lines) > 1 and all(line.startswith("{") and line.rstrip().endswith("}") for line in lines[:2])
