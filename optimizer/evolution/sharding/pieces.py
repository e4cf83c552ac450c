"""Rows as they were read, in files of a shard each: cut once, then read by whoever works on the shard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from optimizer.errors import InputError
from optimizer.evolution.sampling import why_unusable
from optimizer.evolution.sharding.plan import Shard
from optimizer.instructions.folder import Folder
from optimizer.instructions.records import Instruction, InstructionSource, Row, Shape, UnusableRow
from optimizer.instructions.scratch import scratch_folder
from optimizer.instructions.stored_rows import json_line


def cut(source: InstructionSource, rows_each: int, folder: Folder, longest: int) -> list[Shard]:
    """Write the rows of ``source`` to ``folder`` in pieces of ``rows_each`` and return the shards. Blocks.

    Shards need neither the data nor its inspection after that, wherever they are worked on. ``longest``
    is the length of a usable instruction in characters.

    Raises:
        InputError, OutputError: the data cannot be read, the folder cannot be written.
    """
    shards: list[Shard] = []
    rows, usable_before, after = source.rows(), 0, 0
    with scratch_folder() as here:
        path = here / "piece"
        while True:
            count = usable = 0
            with path.open("wb") as out:
                for row in islice(rows, rows_each):
                    out.write(_to_line(row))
                    count += 1
                    usable += not why_unusable(row, longest)
            if not count:
                return shards
            shard = Shard(len(shards), after, count, usable, usable_before)
            folder.put(path, shard.piece)
            shards.append(shard)
            after, usable_before = after + count, usable_before + usable


class PieceSource:
    """Implements ``InstructionSource`` over a piece at ``path``."""

    notes: tuple[str, ...] = ()
    shape: Shape = "plain"

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._path = path

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Yield the rows of the piece; see ``InstructionSource.rows``."""
        with self._path.open("rb") as stream:
            for line in stream:
                row = _from_line(line, self.name)
                if row.row > after:
                    yield row


def _to_line(row: Row) -> bytes:
    if isinstance(row, Instruction):
        fields = {
            "row": row.row,
            "text": row.text,
            "context": row.context,
            "response": row.response,
            "original": row.original,
        }
    else:
        fields = {"row": row.row, "why": row.why, "original": row.original}
    return json_line(fields)


def _from_line(line: bytes, name: str) -> Row:
    try:
        fields = json.loads(line)
        return UnusableRow(**fields) if "why" in fields else Instruction(**fields)
    except (ValueError, TypeError):
        raise InputError(f"{name} is damaged.", "Start a new run.", field="data") from None
