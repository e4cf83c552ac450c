"""Rows as the readers give them, before anybody looked for an instruction, and text streams to read them from."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO, TypeAlias

from optimizer.errors import InputError
from optimizer.instructions.data_file import FIELD, DataFile

MAX_ROW_CHARS = 16 * 1024 * 1024
"""A longer row is not held in memory: it is named and skipped."""
UNREADABLE = "unreadable"
"""The field under which the text of a row that could not be parsed is kept."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row's fields; ``why`` says what is wrong when it could not be parsed, "" otherwise."""

    row: int
    values: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


RowReader: TypeAlias = Callable[[DataFile, int], Iterator[RawRow]]
"""Yields the rows of a file after a number, in order; raises ``InputError`` where nothing more can be read."""


def open_text(file: DataFile, newline: str) -> TextIO:
    """Open UTF-8 (or UTF-16 with a byte-order mark) as text that keeps bytes of other encodings recognisable.

    A byte that is not UTF-8 becomes a lone surrogate, which ``readable`` shows and checks find.
    """
    stream = file.open()
    mark = stream.read(2)
    stream.seek(0)
    wide = mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return io.TextIOWrapper(
        stream,
        encoding="utf-16" if wide else "utf-8-sig",
        errors="replace" if wide else "surrogateescape",
        newline=newline,
    )


def is_broken(text: str) -> bool:
    """Tell whether ``text`` holds a byte that was not UTF-8, or half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def readable(text: str) -> str:
    """Return ``text`` with every byte that was not UTF-8 written out (``\\xe9``), so that it can be stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _as_read(text).decode("utf-8", "backslashreplace")
    return text


def mended(value: Any) -> Any:
    """Return a JSON value with all its strings made ``readable``."""
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, list):
        return [mended(item) for item in value]
    if isinstance(value, dict):
        return {readable(name): mended(item) for name, item in value.items()}
    return value


def _as_read(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def not_utf8(text: str) -> str:
    """Say which byte of ``text`` was not UTF-8."""
    code = next((ord(letter) for letter in text if 0xDC80 <= ord(letter) <= 0xDCFF), None)
    return (
        "holds half of a surrogate pair"
        if code is None
        else f"is not UTF-8: it holds the byte 0x{code - 0xDC00:02x}"
    )


def breaks_off(file: DataFile, row: int, why: str, fix: str) -> InputError:
    """Return the error for a file that cannot be read beyond ``row``."""
    return InputError(f"{file.name}, row {row}: {why}.", fix, field=FIELD, file=file.name, row=row)
