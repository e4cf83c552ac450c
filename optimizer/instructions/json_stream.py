"""JSON and JSONL as a stream of rows: a list of a million objects never sits in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from optimizer.errors import InputError
from optimizer.instructions.data_file import FIELD, DataFile
from optimizer.instructions.raw_rows import (
    MAX_ROW_CHARS,
    UNREADABLE,
    RawRow,
    breaks_off,
    is_broken,
    mended,
    not_utf8,
    open_text,
    readable,
)

DECODER = json.JSONDecoder(parse_constant=lambda name: None)
"""Python's decoder, with ``NaN`` and ``Infinity`` (which are no JSON) read as null."""
_CHUNK = 1 << 16
_LONGEST_TORN_WORD = 16
"""An error so close to the end of what was read may be a word, number or escape that goes on behind it."""
_SPACE = re.compile(r"[ \t\r\n]*")


def read_jsonl_rows(file: DataFile, after: int = 0) -> Iterator[RawRow]:
    """Yield one row per line that is not blank; a torn line is a row of its own with ``why``."""
    with open_text(file, newline="\n") as text:
        row = 0
        while line := text.readline(MAX_ROW_CHARS + 1):
            long = len(line) > MAX_ROW_CHARS
            if long:
                _skip_line(text, line)
            elif not line.strip():
                continue
            row += 1
            if row > after:
                yield _too_long(row, line) if long else _line_row(row, line)


def read_array_rows(file: DataFile, after: int = 0) -> Iterator[RawRow]:
    """Yield the items of the list that the file is, or of the first list that its object holds.

    Raises:
        InputError: the file holds no list, or is not JSON from some row on: nothing behind it can be told apart.
    """
    with open_text(file, newline="\n") as text:
        window = _Window(text)
        _enter_list(file, window)
        row = 0
        while True:
            letter = window.peek()
            if letter == "]":
                return
            row += 1
            try:
                value = window.value()
                closing = window.peek()
            except ValueError:
                raise _not_json(file, row) from None
            if row > after:
                yield _item_row(row, value)
            if closing not in (",", "]"):
                raise _not_json(file, row + 1)
            if closing == ",":
                window.skip()
                if window.peek() == "]":
                    raise _not_json(file, row + 1)


class _Window:
    """The part of a JSON text that is being decoded; it grows with the value, not with the file."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._held = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """Return the next character that is not space, "" at the end, and stand on it."""
        while True:
            match = _SPACE.match(self._held, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._grow():
                return ""

    def skip(self) -> None:
        """Step over one character."""
        self._at += 1

    def value(self) -> Any:
        """Decode the value that starts here and step over it.

        Raises:
            ValueError: it is not JSON, breaks off, or is too long or nested too deeply to be held.
        """
        while True:
            try:
                value, end = DECODER.raw_decode(self._held, self._at)
            except json.JSONDecodeError as error:
                torn = (
                    error.msg.startswith("Unterminated") or error.pos > len(self._held) - _LONGEST_TORN_WORD
                )
                if not torn or len(self._held) - self._at > MAX_ROW_CHARS or not self._grow():
                    raise
                continue
            except RecursionError:
                raise ValueError("nested too deeply") from None
            if end == len(self._held) and self._grow():
                continue  # a number may go on
            self._at = end
            return value

    def _grow(self) -> bool:
        more = "" if self._ended else self._text.read(max(_CHUNK, len(self._held) - self._at))
        self._ended = not more
        self._held = self._held[self._at :] + more
        self._at = 0
        return bool(more)


def _enter_list(file: DataFile, window: _Window) -> None:
    """Step behind the bracket of the list of rows."""
    try:
        if window.peek() == "{":
            window.skip()
            while window.peek() == '"':
                window.value()
                if window.peek() != ":":
                    break
                window.skip()
                if window.peek() == "[":
                    break
                window.value()
                if window.peek() == ",":
                    window.skip()
        found = window.peek() == "["
    except ValueError:
        found = False
    if not found:
        raise InputError(
            f"{file.name} holds no list of rows.",
            'Make it a list of objects ([{"instruction": "…"}, …]), or save one object per line as .jsonl.',
            field=FIELD,
            file=file.name,
        )
    window.skip()


def _line_row(row: int, line: str) -> RawRow:
    why = not_utf8(line) if is_broken(line) else ""
    try:
        read = _item_row(row, DECODER.decode(line.strip()))
    except (ValueError, RecursionError):
        return RawRow(row, {UNREADABLE: readable(line).rstrip("\r\n")}, why or "is not a whole JSON object")
    return RawRow(row, mended(read.values), why) if why else read


def _item_row(row: int, value: Any) -> RawRow:
    if isinstance(value, dict):
        return RawRow(row, value)
    return RawRow(row, {UNREADABLE: value}, "is not an object with named fields")


def _too_long(row: int, line: str) -> RawRow:
    return RawRow(row, {UNREADABLE: readable(line[:1000])}, f"has more than {MAX_ROW_CHARS:,} characters")


def _skip_line(text: TextIO, line: str) -> None:
    while line and not line.endswith("\n"):
        line = text.readline(MAX_ROW_CHARS)


def _not_json(file: DataFile, row: int) -> InputError:
    return breaks_off(
        file,
        row,
        "the file is not JSON from here on, or breaks off",
        "Mend that place, or save one object per line as .jsonl: then only a torn line is lost.",
    )
