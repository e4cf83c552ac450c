"""Excel workbooks to rows, with the broken row named."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from optimizer.errors import InputError
from optimizer.examples.csv_rows import checked_header
from optimizer.examples.decoding import MAX_BYTES
from optimizer.examples.table import ExampleTable

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_MAX_UNPACKED = 8 * MAX_BYTES


def is_workbook(name: str, data: bytes) -> bool:
    """Tell whether a file is an Excel workbook by its content, and by its name where a ZIP could be anything."""
    return data.startswith(b"PK\x03\x04") and name.lower().endswith((".xlsx", ".xlsm"))


def read_xlsx(name: str, data: bytes) -> ExampleTable:
    """Read the first sheet that has rows; its first row names the columns. Formulas count by their value.

    Raises:
        InputError: not a workbook, too large, no rows, a bad header, a cell with an error value, or
            a value beside the named columns (with the data row, header not counted).
    """
    workbook = _open(name, data)
    filled = [(sheet.title, rows) for sheet in workbook.worksheets if (rows := _rows(sheet))]
    workbook.close()
    if not filled:
        raise _bad(name, f"{name} has no rows.", "Give it a header row and examples.")
    (title, rows), others = filled[0], [other for other, _ in filled[1:]]
    header = checked_header(name, [str(cell).strip() for cell in _trimmed(rows[0][1])])
    first = rows[0][0]
    records = []
    for line, cells in rows[1:]:
        records.append(_record(name, header, line - first, cells))
    notes = [f"{name}: only the sheet {title!r} was read ({len(others)} more have rows)."] if others else []
    return ExampleTable(name=name, columns=tuple(header), rows=tuple(records), notes=tuple(notes))


def _open(name: str, data: bytes) -> Workbook:
    if len(data) > MAX_BYTES:
        raise _bad(
            name,
            f"{name} has {len(data) / 1e6:.0f} MB; files up to {MAX_BYTES // 1024**2} MB are read.",
            "Send a sample of it: a few hundred rows are enough to optimise a prompt.",
        )
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        raise _bad(
            name, "This installation cannot read Excel workbooks.", "Install openpyxl, or save it as CSV."
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > _MAX_UNPACKED:
            raise _bad(name, f"{name} unpacks to {unpacked / 1e6:.0f} MB.", "Send a sample of it as CSV.")
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError, OSError):
        raise _bad(
            name,
            f"{name} is damaged or not an Excel workbook.",
            "Save it again, or export it as CSV (UTF-8).",
        ) from None


def _rows(sheet: Any) -> list[tuple[int, tuple[Any, ...]]]:
    """Return (line, cells) of every row that has a value; only data sheets have rows."""
    iterate: Iterator[tuple[Any, ...]] = getattr(sheet, "iter_rows", lambda: iter(()))()
    return [
        (line, cells) for line, cells in enumerate(iterate, start=1) if _trimmed([c.value for c in cells])
    ]


def _record(name: str, header: Sequence[str], row: int, cells: Sequence[Any]) -> dict[str, str]:
    values = []
    for index, cell in enumerate(cells):
        if cell.data_type == "e":
            column = header[index] if index < len(header) else f"number {index + 1}"
            raise _bad(
                name,
                f"{name}, row {row}: the column {column!r} holds the error {str(cell.value)[:20]}.",
                "Mend the formula, or delete the row.",
                row,
            )
        values.append(_as_text(cell.value))
    if any(value.strip() for value in values[len(header) :]):
        raise _bad(
            name,
            f"{name}, row {row}: there is a value beside the {len(header)} named columns.",
            "Name that column in the first row, or delete the value.",
            row,
        )
    padded = [*values, *[""] * len(header)]
    return dict(zip(header, padded, strict=False))


def _trimmed(cells: Sequence[Any]) -> list[Any]:
    """Return the cells' values without empty ones at the end."""
    values = ["" if (value := getattr(cell, "value", cell)) is None else value for cell in cells]
    while values and not str(values[-1]).strip():
        values.pop()
    return values


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _bad(name: str, message: str, fix: str, row: int | None = None) -> InputError:
    return InputError(message, fix, field="examples", file=name, row=row)
