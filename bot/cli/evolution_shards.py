"""Cutting an evolution at the terminal into shards, and the process that works on them with its peers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.evolution.sharding.sharded import Sharding
    from optimizer.instructions.address import Address
    from optimizer.model.protocol import Journal
    from optimizer.model.settings import ModelSettings
    from storage.store import Store


def planned_shards(wanted: int | None, rows: int, home: Address) -> dict[str, Any]:
    """Return what a run stores of its shards: rows in each (0: it is not cut) and where they lie meanwhile.

    ``wanted`` is what the person asked for, None for what suits a file of ``rows`` rows.
    """
    from bot.background.large_data import ROWS_EACH, SHARDED_FROM

    each = wanted if wanted is not None else ROWS_EACH * (rows >= SHARDED_FROM)
    return {"shard_rows": each, "shard_address": home.text, "shard_host": home.host}


def shard_home(out: str | None, folder: Path, run_id: str) -> Address:
    """Return where a run keeps its shards: with its results when others reach them, else in the data folder.

    Raises:
        InputError: ``out`` holds credentials.
    """
    from optimizer.instructions.address import address_of

    if out:
        address = address_of(out, "out")
        if address.path is None:
            return address.below(f"parts-{run_id}")
    return address_of(str(folder / run_id), "out")


@contextmanager
def at_work(
    run_id: str, stored: Mapping[str, Any], store: Store, settings: ModelSettings, env: Mapping[str, str]
) -> Iterator[tuple[Journal, Sharding | None]]:
    """Give the journal of the run and how it is cut, None for not at all.

    With shards, this process works on them as long as the block lasts, through a queue of its own; with
    DATABASE_URL through the shared one, beside every worker, and the journal is the shared one too.

    Raises:
        StorageError: a database cannot be used.
    """
    if not stored.get("shard_rows"):
        yield store.journal, None
        return
    from bot.background.large_data import AT_ONCE
    from bot.background.shard_work import ShardWork
    from bot.background.sharing import open_shared
    from bot.background.worker import RunWorker
    from bot.config import silent_seconds
    from optimizer.evolution.sharding.sharded import Sharding
    from optimizer.instructions.address import Address

    url = env.get("DATABASE_URL", "").strip()
    work = ShardWork()
    with open_shared(url, store, silent_seconds(env)) as shared:
        queue = store.folder / "evolved" / f"{run_id}.queue.sqlite"
        worker = RunWorker(
            shared.exchange,
            settings,
            {work.kind: work},
            shared.engine_url if url else f"sqlite:///{queue.resolve()}",
            name=f"terminal-{run_id}",
            slots=0,
            shards=AT_ONCE,
            alone=True,
        )
        try:
            worker.start()
            address = Address(stored["shard_address"], stored["shard_host"])
            yield shared.exchange.journal, Sharding(address, stored["shard_rows"], worker.crew)
        finally:
            worker.close()
            for name in (queue.name, f"{queue.name}-wal", f"{queue.name}-shm"):
                queue.with_name(name).unlink(missing_ok=True)


def clear_away(stored: Mapping[str, Any]) -> None:
    """Delete pieces and parts of a run whose result is written."""
    if stored.get("shard_rows"):
        from optimizer.instructions.address import Address
        from optimizer.instructions.folder import Folder

        Folder(Address(stored["shard_address"], stored["shard_host"])).erase()
