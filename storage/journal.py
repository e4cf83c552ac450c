"""The call journal in SQLite: an answer that was paid for is on the disk before anybody uses it."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from optimizer.errors import PromptbeamError
from optimizer.model.protocol import JournalEntry, ModelAnswer
from storage.database import Database
from storage.errors import StorageError, storage_error
from storage.text_values import from_column, to_column

_BATCH = 500
_INSERT = (
    "INSERT INTO calls (key, run_id, model, purpose, answer, input_tokens, output_tokens, finish, cost, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_FIND = (
    "SELECT run_id, model, purpose, answer, input_tokens, output_tokens, finish, cost"
    " FROM calls WHERE key = ? ORDER BY id LIMIT 1"
)


def _closed() -> StorageError:
    return StorageError("The call journal is closed.", "Start the run again: what was paid is remembered.")


@dataclass(frozen=True, slots=True)
class Spending:
    """What a run has paid so far, restarts included. ``cost`` is in US dollars, without unpriced calls."""

    calls: int
    input_tokens: int
    output_tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class _Waiting:
    row: tuple[Any, ...]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class SqliteJournal:
    """Remembers paid answers in ``database``. Implements ``optimizer.model.protocol.Journal``.

    One writer thread commits what gathered while the previous commit was under way, with
    ``synchronous=FULL``: entries survive ``kill -9`` and a power cut. It may be used from any
    number of event loops and threads. The table is append only: a call that was paid twice is
    there twice, and its first answer is the one that counts.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._writer: threading.Thread | None = None
        self._closed = False

    def find(self, key: str) -> JournalEntry | None:
        """Return the first entry recorded under ``key``, or None (some 20 microseconds).

        Raises:
            StorageError: the database cannot be read.
        """
        try:
            row = self._database.connection().execute(_FIND, (key,)).fetchone()
        except sqlite3.Error as error:
            raise storage_error(error, self._database.path) from error
        if row is None:
            return None
        run_id, model, purpose, text, input_tokens, output_tokens, finish, cost = row
        answer = ModelAnswer(from_column(text), input_tokens, output_tokens, finish, cost)
        return JournalEntry(key, run_id, model, purpose, answer)

    async def record(self, entry: JournalEntry) -> None:
        """Store ``entry``; when this returns, it is on the disk.

        A cancelled caller's entry is stored all the same.

        Raises:
            DiskFull, StoreLocked, StorageError: it could not be stored; nothing of it was.
        """
        answer = entry.answer
        row = (
            entry.key,
            entry.run_id,
            entry.model,
            entry.purpose,
            to_column(answer.text),
            answer.input_tokens,
            answer.output_tokens,
            answer.finish,
            answer.cost,
            self._clock(),
        )
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        with self._guard:
            if self._closed:
                raise _closed()
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_all, name="call-journal", daemon=True)
                self._writer.start()
            self._queue.put(_Waiting(row, loop, done))
        await done

    def spending(self, run_id: str) -> Spending:
        """Return what ``run_id`` has paid for, as recorded."""
        rows = self._database.rows(
            "SELECT count(*), total(input_tokens), total(output_tokens), total(cost) FROM calls WHERE run_id = ?",
            (run_id,),
        )
        calls, input_tokens, output_tokens, cost = rows[0]
        return Spending(calls, int(input_tokens), int(output_tokens), cost)

    def close(self) -> None:
        """Write what is waiting, then refuse new entries. May be called twice."""
        with self._guard:
            writer = None if self._closed else self._writer
            self._closed = True
            if writer is not None:
                self._queue.put(None)
        if writer is not None:
            writer.join()

    def _write_all(self) -> None:
        """Commit batch after batch until the end mark; the body of the writer thread."""
        connection: sqlite3.Connection | None = None
        ended = False
        try:
            while not ended:
                batch, ended = self._gather()
                failure: PromptbeamError | None = _closed()
                try:
                    connection = connection or self._database.connect("FULL")
                    _commit(connection, [waiting.row for waiting in batch])
                    failure = None
                except sqlite3.Error as error:
                    failure = storage_error(error, self._database.path)
                except StorageError as error:
                    failure = error
                finally:
                    _tell(batch, failure)
        finally:
            if connection is not None:
                connection.close()

    def _gather(self) -> tuple[list[_Waiting], bool]:
        """Wait for one entry and take along what else is there; True when the end mark was met."""
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


def _commit(connection: sqlite3.Connection, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, rows)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


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
            future.set_exception(type(failure)(failure.message, failure.fix))
