"""Joining the parts of a sharded application: every row once, in order, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from optimizer.errors import InputError
from optimizer.evolution.sharding.plan import Shard, ShardPlan
from optimizer.evolution.sharding.shard_work import finished
from optimizer.evolution.tally import Tally
from optimizer.instructions.folder import Folder
from optimizer.instructions.records import EvolvedRow, EvolvedSink, Instruction
from optimizer.instructions.scratch import scratch_folder
from optimizer.instructions.stored_rows import StoredRow, read_stored
from optimizer.ways_out import Fix, Knob


def join(folder: Folder, plan: ShardPlan, sink: EvolvedSink) -> Tally:
    """Write the rows of all parts to ``sink``, but for those that it has, and return their counts. Blocks.

    Raises:
        InputError: a part is missing or is not what its counts say; nothing of it was written.
        OutputError: the sink cannot be written.
    """
    tally = Tally()
    with scratch_folder() as here:
        path = here / "part"
        for shard in plan.shards:
            counts = finished(folder, shard)
            if counts is None:
                raise _not_whole(shard)
            folder.fetch(shard.part, path)
            if Counter(row.fate for row in _rows(path, shard)) != counts.tally.fates:
                raise _not_whole(shard)
            for row in _rows(path, shard):
                if row.row > sink.written:
                    sink.write(_evolved(row))
            tally.add(counts.tally)
    return tally


def _rows(path: Path, shard: Shard) -> Iterator[StoredRow]:
    due = shard.after
    for row in read_stored(path):
        due += 1
        if row.row != due:
            raise _not_whole(shard)
        yield row
    if due != shard.after + shard.rows:
        raise _not_whole(shard)


def _evolved(row: StoredRow) -> EvolvedRow:
    """Return the row for the sink, which looks at nothing of its source but number and original."""
    source = Instruction(row.row, "", original=row.original)
    return EvolvedRow(source, row.fate, row.text, row.response, row.failure)


def _not_whole(shard: Shard) -> InputError:
    return InputError(
        f"{shard.part} is not whole.",
        Fix("Delete it and {}: its rows come from the journal, at no cost.", Knob.GO_ON),
        field="data",
    )
