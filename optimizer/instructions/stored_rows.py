"""Evolved rows as lines of a file: everything about a row, and reading it back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optimizer.errors import InputError
from optimizer.instructions.records import EvolvedRow, Fate


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of the result with its number, what became of it and why, and the row that it came from."""

    row: int
    fate: Fate
    text: str
    response: str
    failure: str = ""
    original: Mapping[str, Any] = field(default_factory=dict, hash=False)


def stored(row: EvolvedRow) -> StoredRow:
    """Return what is kept of ``row``."""
    return StoredRow(row.source.row, row.fate, row.text, row.response, row.failure, row.source.original)


def to_line(row: StoredRow) -> bytes:
    """Return ``row`` as one line of JSON in UTF-8, its line end included."""
    fields = {
        "row": row.row,
        "fate": row.fate,
        "text": row.text,
        "response": row.response,
        "failure": row.failure,
        "original": row.original,
    }
    return json_line(fields)


def json_line(fields: Mapping[str, Any]) -> bytes:
    """Return JSON in UTF-8 with its line end; halves of surrogate pairs survive as escapes."""
    try:
        return json.dumps(fields, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(fields).encode() + b"\n"


def from_line(line: bytes) -> StoredRow:
    """Return the row of a line.

    Raises:
        ValueError: the line is torn or was not written by ``to_line``.
    """
    fields = json.loads(line)
    try:
        return StoredRow(**fields)
    except TypeError:
        raise ValueError("not a stored row") from None


def read_stored(path: Path) -> Iterator[StoredRow]:
    """Yield the complete rows of a file that a ``JsonlSink`` wrote; a torn last line is left out.

    Raises:
        InputError: the file is not there, or a line in its middle is damaged.
    """
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.endswith(b"\n"):
                    return
                yield _checked(path, number, line)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).", "Check it.") from None


def _checked(path: Path, number: int, line: bytes) -> StoredRow:
    try:
        return from_line(line)
    except ValueError:
        raise InputError(f"{path}, line {number} is damaged.", "Start a new run.", row=number) from None
