"""The call journal in PostgreSQL: every worker finds what any worker has paid for."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Sequence

from optimizer.model.protocol import JournalEntry
from storage.errors import StorageError
from storage.group_commit import GroupCommit, Row
from storage.journal import FIND_CALL, INSERT_CALL, entry_from_row, entry_to_row
from storage.postgres import PostgresDatabase
from storage.text_values import from_json, to_json


class PostgresJournal:
    """Remembers paid answers in ``database``. Implements ``optimizer.model.protocol.Journal``.

    Append only, like the one in SQLite: the first answer to a call is the one that counts. A server
    that is away is waited for, up to a minute, before an answer that was paid is given up.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._writer = GroupCommit(lambda: _Committer(database), "call-journal")

    def find(self, key: str) -> JournalEntry | None:
        """Return the first entry recorded under ``key``, or None; one round-trip to the server.

        Raises:
            StorageError: the server cannot be reached.
        """
        rows = self._database.rows(FIND_CALL, (key,))
        return entry_from_row(key, rows[0], from_json) if rows else None

    async def record(self, entry: JournalEntry) -> None:
        """Store ``entry``; when this returns, the server has committed it.

        Raises:
            StorageError: it could not be stored; nothing of it was.
        """
        await self._writer.put(entry_to_row(entry, to_json, 0.0))

    def close(self) -> None:
        """Write what is waiting, then refuse new entries. May be called twice."""
        self._writer.close()


logger = logging.getLogger(__name__)

_TRIES = 60
_WAIT_SECONDS = 1.0
_INSERT = INSERT_CALL.removesuffix("?)") + "? + extract(epoch FROM now()))"


class _Committer:
    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def commit(self, rows: Sequence[Row]) -> None:
        """Store all rows; after a lost connection they may be there twice, which does no harm."""
        for _ in range(_TRIES - 1):
            try:
                return self._commit(rows)
            except StorageError as error:
                logger.warning("answers wait for the database: %s", error.message)
                time.sleep(_WAIT_SECONDS)
        self._commit(rows)

    def _commit(self, rows: Sequence[Row]) -> None:
        try:
            with self._database.write() as connection:
                connection.executemany(_INSERT, rows)
        except sqlite3.IntegrityError as error:
            raise StorageError("The call journal refused an answer.", "The log has the details.") from error

    def close(self) -> None:
        """The connections belong to the database."""
