"""Which reader fits a file: its content decides, the name's ending only breaks ties."""

from __future__ import annotations

from optimizer.errors import InputError
from optimizer.examples.decoding import PARQUET_START, empty_file, refuse_binary, refuse_html
from optimizer.instructions.csv_stream import read_csv_rows
from optimizer.instructions.data_file import FIELD, DataFile
from optimizer.instructions.json_stream import DECODER, read_array_rows, read_jsonl_rows
from optimizer.instructions.parquet_rows import read_parquet_rows
from optimizer.instructions.raw_rows import RowReader, open_text
from optimizer.instructions.shapes import recognise

_HEAD_CHARS = 1 << 20
_LINES = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv", ".txt")


def choose_reader(file: DataFile) -> RowReader:
    """Return the reader for ``file``.

    Raises:
        InputError: it is empty, a web page, or of a kind that is not read.
    """
    with file.open() as stream:
        start = stream.read(8)
    if start.startswith(PARQUET_START):
        return read_parquet_rows
    refuse_binary(file.name, start, FIELD)
    with open_text(file, newline="\n") as text:
        head = text.read(_HEAD_CHARS).lstrip()
    if not head:
        raise empty_file(file.name, FIELD)
    refuse_html(file.name, head, FIELD)
    name = file.name.lower()
    if head[0] in "[{" and not name.endswith((".csv", ".tsv")):
        return _json_reader(name, head)
    if name.endswith(_LINES):
        return read_jsonl_rows
    if name.endswith(_TABLES):
        return read_csv_rows
    raise InputError(
        f"{file.name}: it is neither JSON nor a table.",
        "Give CSV, TSV, JSON, JSONL or Parquet, with that ending in its name.",
        field=FIELD,
        file=file.name,
    )


def _json_reader(name: str, head: str) -> RowReader:
    if head[0] == "[":
        return read_array_rows
    line, _, _ = head.partition("\n")
    try:
        first = DECODER.decode(line.strip())
    except (ValueError, RecursionError):
        return read_jsonl_rows if name.endswith(_LINES) else read_array_rows
    holds_rows = any(
        isinstance(value, list) and value and isinstance(value[0], dict) for value in first.values()
    )
    return read_array_rows if holds_rows and recognise(first) is None else read_jsonl_rows
