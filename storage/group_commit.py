"""One writer thread that commits what gathered while its previous commit was under way."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol, TypeAlias

from optimizer.errors import PromptbeamError
from storage.errors import StorageError

Row: TypeAlias = tuple[Any, ...]
_BATCH = 500


class Committer(Protocol):
    """Writes batches over a connection of its own; lives on the writer thread."""

    def commit(self, rows: Sequence[Row]) -> None:
        """Store all rows or none. Raises ``StorageError``."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


@dataclass(frozen=True, slots=True)
class _Waiting:
    row: Row
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class GroupCommit:
    """Takes rows from any number of event loops and threads. ``open_committer`` runs on the writer thread."""

    def __init__(self, open_committer: Callable[[], Committer], name: str) -> None:
        self._open_committer = open_committer
        self._name = name
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._writer: threading.Thread | None = None
        self._closed = False

    async def put(self, row: Row) -> None:
        """Store ``row``; when this returns, it is committed. A cancelled caller's row is stored all the same.

        Raises:
            StorageError: it could not be stored; nothing of it was.
        """
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        with self._guard:
            if self._closed:
                raise self._refusal()
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_all, name=self._name, daemon=True)
                self._writer.start()
            self._queue.put(_Waiting(row, loop, done))
        await done

    def close(self) -> None:
        """Write what is waiting, then refuse new rows. May be called twice."""
        with self._guard:
            writer = None if self._closed else self._writer
            self._closed = True
            if writer is not None:
                self._queue.put(None)
        if writer is not None:
            writer.join()

    def _refusal(self) -> StorageError:
        return StorageError(
            f"The {self._name.replace('-', ' ')} is closed.",
            "Start the run again: what was paid is remembered.",
        )

    def _write_all(self) -> None:
        """Commit batch after batch until the end mark; the body of the writer thread."""
        committer: Committer | None = None
        ended = False
        try:
            while not ended:
                batch, ended = self._gather()
                failure: PromptbeamError | None = self._refusal()
                try:
                    committer = committer or self._open_committer()
                    if batch:
                        committer.commit([waiting.row for waiting in batch])
                    failure = None
                except StorageError as error:
                    failure = error
                finally:
                    _tell(batch, failure)
        finally:
            if committer is not None:
                committer.close()

    def _gather(self) -> tuple[list[_Waiting], bool]:
        """Wait for one row and take along what else is there; True when the end mark was met."""
        batch: list[_Waiting] = []
        with suppress(queue.Empty):
            item = self._queue.get()
            while item is not None:
                batch.append(item)
                if len(batch) == _BATCH:
                    return batch, False
                item = self._queue.get_nowait()
            return batch, True
        return batch, False


def _tell(batch: list[_Waiting], failure: PromptbeamError | None) -> None:
    """Wake the callers, one wake-up per event loop."""
    for loop, group in groupby(sorted(batch, key=lambda w: id(w.loop)), key=lambda w: w.loop):
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody is waiting in it
            loop.call_soon_threadsafe(_resolve, [waiting.done for waiting in group], failure)


def _resolve(futures: Iterable[asyncio.Future[None]], failure: PromptbeamError | None) -> None:
    for future in futures:
        if future.done():
            continue
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(type(failure)(failure.message, failure.way_out))
