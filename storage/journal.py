"""The call journal in SQLite: an answer that was paid for is on the disk before anybody uses it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from optimizer.model.protocol import JournalEntry, ModelAnswer
from storage.database import Database
from storage.errors import storage_error
from storage.group_commit import GroupCommit, Row
from storage.text_values import from_column, to_column

INSERT_CALL = (
    "INSERT INTO calls (key, run_id, model, purpose, answer, input_tokens, output_tokens, finish, cost, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
FIND_CALL = (
    "SELECT run_id, model, purpose, answer, input_tokens, output_tokens, finish, cost"
    " FROM calls WHERE key = ? ORDER BY id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Spending:
    """What a run has paid so far, restarts included. ``cost`` is in US dollars, without unpriced calls."""

    calls: int
    input_tokens: int
    output_tokens: int
    cost: float


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
        self._writer = GroupCommit(lambda: _Committer(database), "call-journal")

    def find(self, key: str) -> JournalEntry | None:
        """Return the first entry recorded under ``key``, or None (some 20 microseconds).

        Raises:
            StorageError: the database cannot be read.
        """
        try:
            row = self._database.connection().execute(FIND_CALL, (key,)).fetchone()
        except sqlite3.Error as error:
            raise storage_error(error, self._database.path) from error
        return None if row is None else entry_from_row(key, row, from_column)

    async def record(self, entry: JournalEntry) -> None:
        """Store ``entry``; when this returns, it is on the disk.

        A cancelled caller's entry is stored all the same.

        Raises:
            DiskFull, StoreLocked, StorageError: it could not be stored; nothing of it was.
        """
        await self._writer.put(entry_to_row(entry, to_column, self._clock()))

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
        self._writer.close()


def entry_to_row(entry: JournalEntry, text: Callable[[str], str | bytes], at: float) -> Row:
    """Return the values of ``INSERT_CALL``; ``text`` makes the answer fit for its column."""
    answer = entry.answer
    return (
        entry.key,
        entry.run_id,
        entry.model,
        entry.purpose,
        text(answer.text),
        answer.input_tokens,
        answer.output_tokens,
        answer.finish,
        answer.cost,
        at,
    )


def entry_from_row(key: str, row: Sequence[Any], text: Callable[[Any], str]) -> JournalEntry:
    """Return the entry in a row of ``FIND_CALL``."""
    run_id, model, purpose, stored, input_tokens, output_tokens, finish, cost = row
    answer = ModelAnswer(text(stored), input_tokens, output_tokens, finish, cost)
    return JournalEntry(key, run_id, model, purpose, answer)


class _Committer:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connect("FULL")

    def commit(self, rows: Sequence[Row]) -> None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(INSERT_CALL, rows)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise storage_error(error, self._database.path) from error
        finally:
            if connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()
