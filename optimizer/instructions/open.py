"""Opening instruction data: format and shape recognised, every row looked at once, bad rows named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from optimizer.errors import InputError
from optimizer.instructions.data_file import FIELD, DataFile, LocalFile
from optimizer.instructions.fields import REPEATED, Fields, Problem, fields_of
from optimizer.instructions.formats import choose_reader
from optimizer.instructions.inspection import Inspection, Inspector, Repeats
from optimizer.instructions.raw_rows import RawRow, RowReader
from optimizer.instructions.records import Instruction, Row, Shape, UnusableRow
from optimizer.instructions.shapes import Layout, choose_layout
from optimizer.ways_out import Fix, Knob

BadRows = Literal["skip", "refuse"]
MAX_CHARS = 20_000
"""Longest instruction with its context that is evolved, in characters."""
_TO_JUDGE_BY = 200
_SHOWN_WHEN_REFUSED = 5


def open_instructions(
    name: str, path: Path, *, field: str = "", bad_rows: BadRows = "skip", max_chars: int = MAX_CHARS
) -> FileSource:
    """Open the file at ``path`` as instruction data; ``name`` is what people call it.

    The whole file is read once, as a stream, so that every row is known to be readable before anything
    is paid. ``field`` names the column of the instruction where guessing is not wanted. ``bad_rows``
    decides what happens to rows that cannot be used: *skip* keeps them as they are, *refuse* raises.

    Raises:
        InputError: not instruction data, no usable row, or a bad row that is to be refused; names file and row.
    """
    return open_file(LocalFile(name, path), field=field, bad_rows=bad_rows, max_chars=max_chars)


def open_file(
    file: DataFile, *, field: str = "", bad_rows: BadRows = "skip", max_chars: int = MAX_CHARS
) -> FileSource:
    """Open instruction data from wherever ``file`` has its bytes; else as ``open_instructions``."""
    reader = choose_reader(file)
    layout = choose_layout(file.name, _first_rows(file, reader), field)
    inspector = Inspector()
    for raw in reader(file, 0):
        inspector.take(raw.row, fields_of(raw, layout, max_chars))
    inspection, repeats = inspector.finish()
    if inspection.unusable == inspection.rows:
        raise _nothing_usable(file, inspection)
    if bad_rows == "refuse" and inspection.unusable:
        raise _refused(file, inspection)
    return FileSource(file, reader, layout, inspection, repeats, max_chars)


def _first_rows(file: DataFile, reader: RowReader) -> list[Mapping[str, Any]]:
    """Return the fields of the first rows that can be read.

    Raises:
        InputError: there is no row, or none of them can be read.
    """
    head = list(islice(reader(file, 0), _TO_JUDGE_BY))
    if not head:
        raise InputError(f"{file.name} has no rows.", "Give it instructions.", field=FIELD, file=file.name)
    whole = [raw.values for raw in head if not raw.why]
    if not whole:
        raise InputError(
            f"{file.name}, row {head[0].row}: the row {head[0].why}, and so do those behind it.",
            "Mend the file, or save it anew as UTF-8 (CSV, JSONL or JSON).",
            field=FIELD,
            file=file.name,
            row=head[0].row,
        )
    return whole


class FileSource:
    """Instruction data in a file; reads it anew, as a stream, for every call of ``rows``."""

    def __init__(
        self,
        file: DataFile,
        reader: RowReader,
        layout: Layout,
        inspection: Inspection,
        repeats: Repeats,
        max_chars: int,
    ) -> None:
        self.file = file
        self.name = file.name
        self.shape: Shape = layout.shape
        self.layout = layout
        self.inspection = inspection
        self.notes = inspection.sentences
        self._reader = reader
        self._repeats = repeats
        self._max_chars = max_chars

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Yield the rows after number ``after``; see ``InstructionSource``."""
        for raw in self._reader(self.file, after):
            yield self._row(raw)

    def _row(self, raw: RawRow) -> Row:
        first = self._repeats.first_of(raw.row)
        found = (
            fields_of(raw, self.layout, self._max_chars)
            if first is None
            else Problem(REPEATED, f"repeats row {first}")
        )
        if isinstance(found, Fields):
            return Instruction(raw.row, found.text, found.context, found.response, raw.values)
        return UnusableRow(raw.row, f"The row {found.why}.", raw.values)


def _nothing_usable(file: DataFile, inspection: Inspection) -> InputError:
    first = inspection.named[0]
    return InputError(
        f"{file.name}: none of its {inspection.rows:,} rows can be used; row {first.row} {first.why}.",
        Fix("Mend the file, or name the field that holds the instruction {}.", Knob.INSTRUCTION_FIELD),
        field=FIELD,
        file=file.name,
        row=first.row,
    )


def _refused(file: DataFile, inspection: Inspection) -> InputError:
    shown = "; ".join(f"row {bad.row} {bad.why}" for bad in inspection.named[:_SHOWN_WHEN_REFUSED])
    more = inspection.unusable - min(_SHOWN_WHEN_REFUSED, len(inspection.named))
    return InputError(
        f"{file.name}: {shown}{f'; and {more:,} more' if more else ''}.",
        Fix("Mend these rows, or keep them as they are {}.", Knob.KEEP_BAD_ROWS),
        field=FIELD,
        file=file.name,
        row=inspection.named[0].row,
    )
