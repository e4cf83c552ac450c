"""CSV and TSV as a stream of rows: a row that does not fit its header is named, the next one is read."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from optimizer.errors import InputError
from optimizer.examples.csv_rows import FIELD_LIMIT, checked_header, find_delimiter
from optimizer.examples.decoding import empty_file
from optimizer.instructions.data_file import FIELD, DataFile
from optimizer.instructions.raw_rows import (
    UNREADABLE,
    RawRow,
    breaks_off,
    is_broken,
    not_utf8,
    open_text,
    readable,
)

_HEAD_CHARS = 200_000
_QUOTES = 'Double every quote inside a quoted field ("") and close each one.'


def read_csv_rows(file: DataFile, after: int = 0) -> Iterator[RawRow]:
    """Yield the rows after number ``after``. The delimiter is found by itself; empty lines are no rows.

    Raises:
        InputError: no or a bad header, or a quote that is never closed: nothing behind it can be told apart.
    """
    with open_text(file, newline="") as text:
        delimiter = find_delimiter(text.read(_HEAD_CHARS))
        text.seek(0)
        lines = _RememberedLines(text)
        csv.field_size_limit(FIELD_LIMIT)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        header = _header(file, reader)
        row = 0
        while True:
            lines.forget()
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                row += 1
                if "unexpected end" in str(error) or "field limit" in str(error):
                    why = f"a quote is never closed, or a field has more than {FIELD_LIMIT:,} characters"
                    raise breaks_off(file, row, why, _QUOTES) from None
                if row > after:
                    yield RawRow(row, {UNREADABLE: readable(lines.text())}, "has quotes that do not match")
                continue
            if not record:
                continue
            row += 1
            if row > after:
                yield _row(row, header, record)


class _RememberedLines:
    """Hands lines to the CSV reader and keeps those of the present record."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._kept: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self._kept.append(line)
        return line

    def forget(self) -> None:
        self._kept.clear()

    def text(self) -> str:
        return "".join(self._kept).rstrip("\r\n")


def _header(file: DataFile, reader: Iterator[list[str]]) -> list[str]:
    try:
        record = next((record for record in reader if record), None)
    except csv.Error:
        raise InputError(
            f"{file.name}: the header's quotes do not match.", _QUOTES, field=FIELD, file=file.name
        ) from None
    if record is None:
        raise empty_file(file.name, FIELD)
    return checked_header(file.name, [readable(cell.strip()) for cell in record], field=FIELD)


def _row(row: int, header: list[str], record: list[str]) -> RawRow:
    values = dict(zip(header, map(readable, record), strict=False))
    broken = next((cell for cell in record if is_broken(cell)), None)
    if len(record) != len(header):
        rest = {"": [readable(cell) for cell in record[len(header) :]]} if len(record) > len(header) else {}
        return RawRow(row, values | rest, f"has {len(record)} fields where the header has {len(header)}")
    return RawRow(row, values, not_utf8(broken) if broken is not None else "")
