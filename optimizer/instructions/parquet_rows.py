"""Parquet as a stream of rows, by record batches."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from optimizer.errors import InputError
from optimizer.instructions.data_file import FIELD, DataFile
from optimizer.instructions.raw_rows import RawRow

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_BATCH = 128


def read_parquet_rows(file: DataFile, after: int = 0) -> Iterator[RawRow]:
    """Yield the rows after number ``after``; whole row groups before it are not read.

    Raises:
        InputError: the file is damaged or no column holds text.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with file.open() as stream:
        try:
            parquet = pq.ParquetFile(stream, pre_buffer=False)
            _refuse_without_text(file, parquet)
            groups, row = _groups_behind(parquet, after)
            for batch in parquet.iter_batches(_BATCH, row_groups=groups, use_threads=False):
                for raw in _batch_rows(batch, row):
                    if raw.row > after:
                        yield raw
                row += batch.num_rows
        except (pa.ArrowException, OSError):
            raise InputError(
                f"{file.name} is damaged: it starts like a Parquet file and cannot be read as one.",
                "Write or download it again.",
                field=FIELD,
                file=file.name,
            ) from None


def _groups_behind(parquet: pq.ParquetFile, after: int) -> tuple[list[int], int]:
    """Return the row groups that hold rows behind ``after``, and how many rows stand before them."""
    before = 0
    for group in range(parquet.num_row_groups):
        size = parquet.metadata.row_group(group).num_rows
        if before + size > after:
            return list(range(group, parquet.num_row_groups)), before
        before += size
    return [], before


def _refuse_without_text(file: DataFile, parquet: pq.ParquetFile) -> None:
    import pyarrow.types as kinds

    def holds_text(kind: Any) -> bool:
        if kinds.is_dictionary(kind):
            return holds_text(kind.value_type)
        tests = (
            kinds.is_string,
            kinds.is_large_string,
            kinds.is_string_view,
            kinds.is_list,
            kinds.is_large_list,
        )
        return any(test(kind) for test in tests)

    schema = parquet.schema_arrow
    if not any(holds_text(column.type) for column in schema):
        columns = ", ".join(f"{column.name} ({column.type})" for column in schema) or "none at all"
        raise InputError(
            f"{file.name} has no column with text; its columns are {columns[:300]}.",
            "Give a file with a text column for the instruction.",
            field=FIELD,
            file=file.name,
        )


def _batch_rows(batch: pa.RecordBatch, before: int) -> Iterator[RawRow]:
    try:
        rows = batch.to_pylist()
    except UnicodeDecodeError:
        yield from _rows_one_by_one(batch, before)
        return
    for number, values in enumerate(rows, start=before + 1):
        yield RawRow(number, {name: _plain(value) for name, value in values.items()})


def _rows_one_by_one(batch: pa.RecordBatch, before: int) -> Iterator[RawRow]:
    """A batch holds bytes that are not UTF-8: find out in which rows."""
    for index in range(batch.num_rows):
        values, why = {}, ""
        for name in batch.schema.names:
            cell = batch.column(name)[index]
            try:
                values[name] = _plain(cell.as_py())
            except UnicodeDecodeError as error:
                values[name] = error.object.decode("utf-8", "backslashreplace")
                why = f"is not UTF-8: it holds the byte 0x{error.object[error.start]:02x}"
        yield RawRow(before + index + 1, values, why)


def _plain(value: Any) -> Any:
    """Return ``value`` as JSON can hold it."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | datetime.timedelta):
        return str(value)
    if isinstance(value, float) and value != value:
        return None
    return value
