"""What of a run lies outside the store: shared tables, evolved rows, shards and results at an address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.background.evolve_request import results_below
from bot.background.large_data import LargeData
from optimizer.errors import InputError
from optimizer.instructions.address import Address
from optimizer.instructions.folder import Folder
from storage.exchange import Exchange
from storage.file_lock import try_to_hold

if TYPE_CHECKING:
    from storage.runs import RunRecord
    from storage.store import Store


def evolved_rows(folder: Path, run_id: str) -> Path:
    """Return the file in the data folder to which a run at the terminal writes its evolved rows."""
    return folder / "evolved" / f"{run_id}.jsonl"


class OutsideStore:
    """Implements ``storage.deletion.Outside``. ``large`` says where the service keeps the shards of its runs."""

    def __init__(self, store: Store, exchange: Exchange, large: LargeData) -> None:
        self._store, self._exchange, self._large = store, exchange, large

    def erase(self, run_id: str) -> None:
        """See ``Outside.erase``."""
        rows = evolved_rows(self._store.folder, run_id)
        with _nobody_at(rows.with_suffix(".lock"), run_id):
            try:
                folders = self._folders(self._store.runs.get(run_id))
            except InputError:
                folders = []  # retention has deleted it before; only accepted prompts of it are left
            for address in folders:
                Folder(address).erase()
            rows.unlink(missing_ok=True)
        self._results(run_id)
        self._exchange.erase(run_id)

    def _results(self, run_id: str) -> None:
        """Delete what was written to addresses; a file that somebody changed since is theirs, and stays."""
        for text, digest in self._store.result_files.at_addresses(run_id).items():
            address = Address(text)
            folder = Folder(address.folder)
            if folder.digest(address.name) == digest:
                folder.delete(address.name)

    def _folders(self, run: RunRecord) -> list[Address]:
        """Return where pieces, parts and results of the run are, or would be, that are its alone."""
        request = run.request
        if run.kind != "evolve":
            return []
        if run.place.kind == "terminal":
            sharded = request.get("shard_rows")
            return [Address(request["shard_address"], request["shard_host"])] if sharded else []
        shards = self._large.address.below(run.id) if self._large.address else None
        results = results_below(str(request.get("data_folder", "")), run.id)
        return [address for address in (shards, results) if address is not None]


@contextmanager
def _nobody_at(lock: Path, run_id: str) -> Iterator[None]:
    """Hold the lock of a run at the terminal, if it ever had one, and delete it.

    Raises:
        InputError: a process works on the run.
    """
    if not lock.exists():
        yield
        return
    held = try_to_hold(lock)
    if held is None:
        raise InputError(f"Run {run_id} is still under way.", "Stop it first, then delete it.")
    try:
        yield
        lock.unlink(missing_ok=True)
    finally:
        os.close(held)
