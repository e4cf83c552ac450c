"""The finished result as files for others: JSONL and Parquet to train on, and the rows that failed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optimizer.errors import OutputError
from optimizer.instructions.parquet_file import write_parquet
from optimizer.instructions.shapes import Layout
from optimizer.instructions.stored_rows import json_line, read_stored
from optimizer.instructions.training_forms import Form, training_row
from optimizer.ways_out import Fix, Knob


def export_jsonl(checkpoint: Path, layout: Layout, form: Form, path: Path) -> None:
    """Write every row of ``checkpoint`` to ``path`` in ``form``, one JSON object per line, in order.

    Raises:
        OutputError: ``path`` cannot be written. It is then what it was before, as with all exports here.
    """
    with _in_place(path) as beside, beside.open("wb") as out:
        for row in read_stored(checkpoint):
            out.write(json_line(training_row(row, layout, form)))


def export_parquet(checkpoint: Path, layout: Layout, form: Form, path: Path) -> None:
    """Write every row of ``checkpoint`` to ``path`` in ``form`` as Parquet; see ``export_jsonl``."""
    with _in_place(path) as beside:
        write_parquet(beside, lambda: (training_row(row, layout, form) for row in read_stored(checkpoint)))


def export_failed(checkpoint: Path, path: Path) -> int:
    """Write the rows that were not evolved to ``path``, each with its number and why; return how many."""
    count = 0
    with _in_place(path) as beside, beside.open("wb") as out:
        for row in read_stored(checkpoint):
            if row.fate != "evolved":
                count += 1
                fields = {"row": row.row, "fate": row.fate, "why": row.failure, "original": row.original}
                out.write(json_line(fields))
    return count


@contextmanager
def _in_place(path: Path) -> Iterator[Path]:
    """Give a path beside ``path`` to write to; it takes the place of ``path`` when all went well."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        beside.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({error.strerror}).",
            Fix("Free some space, or give another folder; nothing is lost, {}.", Knob.GO_ON),
        ) from None
    finally:
        beside.unlink(missing_ok=True)
