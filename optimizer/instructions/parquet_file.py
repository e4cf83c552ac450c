"""Writing rows as Parquet in batches, with a schema that all of them fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.instructions.raw_rows import mended

if TYPE_CHECKING:
    import pyarrow as pa

Rows = Callable[[], Iterable[Mapping[str, Any]]]
"""Gives the rows anew each time: they are read twice, once for the schema."""

_BATCH = 512


def write_parquet(path: Path, rows: Rows) -> None:
    """Write the rows to ``path``.

    A column whose values are of kinds that do not go together is written as text: strings as they
    are, everything else as JSON. What is not valid Unicode is written out (``\\xe9``).
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(rows)
    with pq.ParquetWriter(path, schema) as writer:
        for batch in _batches(rows()):
            columns = [
                pa.array([_fitting(row.get(field.name), field.type) for row in batch], field.type)
                for field in schema
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _schema(rows: Rows) -> pa.Schema:
    """Return a field per column with the type that all its values share, else text."""
    import pyarrow as pa

    types: dict[str, pa.DataType] = {}
    for batch in _batches(rows()):
        for name in dict.fromkeys(name for row in batch for name in row):
            found = _type_of([row.get(name) for row in batch])
            types[name] = _shared(types[name], found) if name in types else found
    return pa.schema(
        [(name, pa.string() if pa.types.is_null(kind) else kind) for name, kind in types.items()]
    )


def _type_of(values: list[Any]) -> pa.DataType:
    import pyarrow as pa

    try:
        found = pa.infer_type(values)
        pa.array(values, found)
    except (pa.ArrowException, OverflowError, UnicodeError):
        return pa.string()
    return pa.string() if _holds_nothing(found) else found


def _holds_nothing(kind: pa.DataType) -> bool:
    """Tell whether a nested type has parts that Parquet cannot write: objects without any field."""
    import pyarrow.types as kinds

    if kinds.is_struct(kind):
        return kind.num_fields == 0 or any(_holds_nothing(field.type) for field in kind)
    return kinds.is_list(kind) and _holds_nothing(kind.value_type)


def _shared(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    if one == other:
        return one
    try:
        schemas = [pa.schema([("x", kind)]) for kind in (one, other)]
        return pa.unify_schemas(schemas, promote_options="permissive").field("x").type
    except pa.ArrowException:
        return pa.string()


def _fitting(value: Any, kind: pa.DataType) -> Any:
    import pyarrow.types as kinds

    if value is None:
        return None
    if kinds.is_string(kind):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if kinds.is_floating(kind):
        return float(value)
    return value


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    every = (mended(row) for row in rows)
    while batch := list(islice(every, _BATCH)):
        yield batch
