"""CSV and TSV files to rows, with the broken row named."""

from __future__ import annotations

import csv
import io

from optimizer.errors import InputError
from optimizer.examples.table import ExampleTable

_DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
FIELD_LIMIT = 1_000_000
"""Characters in one field; a quote that is never closed would otherwise swallow the file."""


def read_csv(name: str, text: str) -> ExampleTable:
    """Read a delimited file whose first row names the columns; the delimiter is found by itself.

    Raises:
        InputError: no header, a repeated or empty column name, or a row with too many or too few
            fields or an unclosed quote (with its row number, header not counted).
    """
    delimiter = find_delimiter(text)
    fix = f"Put fields that contain a {_NAMES[delimiter]} or a line break in double quotes."
    return table_from_records(name, _records(name, text, delimiter), fix)


def table_from_records(name: str, records: list[list[str]], fix: str) -> ExampleTable:
    """Make a table of records whose first one is the header; ``fix`` helps with a row of another width.

    Raises:
        InputError: no or a bad header, or a row with too many or too few fields.
    """
    if not records:
        raise InputError(
            f"{name} has no rows.", "Give it a header row and examples.", field="examples", file=name
        )
    header = checked_header(name, [cell.strip() for cell in records[0]])
    rows = []
    blank = 0
    for number, record in enumerate(records[1:], start=1):
        if not any(cell.strip() for cell in record):
            blank += 1
            continue
        if len(record) != len(header):
            raise InputError(
                f"{name}, row {number}: {len(record)} fields where the header has {len(header)}.",
                fix,
                field="examples",
                file=name,
                row=number,
            )
        rows.append(dict(zip(header, record, strict=True)))
    notes = (f"{name}: {blank} blank rows skipped.",) if blank else ()
    return ExampleTable(name=name, columns=tuple(header), rows=tuple(rows), notes=notes)


def _records(name: str, text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        row = max(1, len(records))
        raise InputError(
            f"{name}, row {row}: the quotes do not match"
            if "quote" in str(error) or "EOF" in str(error) or "expected after" in str(error)
            else f"{name}, row {row}: a field cannot be read (near line {reader.line_num}).",
            'Double every quote inside a quoted field ("") and close each one.',
            field="examples",
            file=name,
            row=row,
        ) from None
    return [record for record in records if record]


def checked_header(name: str, header: list[str], field: str = "examples") -> list[str]:
    """Return the column names when each is there and stands once.

    Raises:
        InputError: they are not.
    """
    if any(not cell for cell in header):
        raise InputError(
            f"{name}: column {header.index('') + 1} has no name.",
            "The first row must name every column.",
            field=field,
            file=name,
        )
    repeated = {cell for cell in header if header.count(cell) > 1}
    if repeated:
        raise InputError(
            f"{name}: the column name {sorted(repeated)[0]!r} stands twice.",
            "Give each column a name of its own.",
            field=field,
            file=name,
        )
    return header


def find_delimiter(text: str) -> str:
    """Choose the delimiter that splits the first records most evenly into the most fields."""

    def rank(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
        widths = []
        try:
            for record in reader:
                if record:
                    widths.append(len(record))
                if len(widths) >= 50:
                    break
        except csv.Error:
            return (0.0, 0)
        if not widths or widths[0] < 2:
            return (0.0, 0)
        return (widths.count(widths[0]) / len(widths), widths[0])

    best = max(_DELIMITERS, key=rank)
    return best if rank(best) > (0.0, 0) else ","
