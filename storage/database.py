"""The SQLite file: one connection per thread, and one way to write."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from storage.errors import StorageError, storage_error

Synchronous = Literal["NORMAL", "FULL"]
"""What a commit waits for: NORMAL survives ``kill -9``, FULL survives a power cut as well."""


class Database:
    """Hands out connections to the file at ``path``; safe to use from any thread.

    Connections are in autocommit mode: a read sees what is committed now, and every change goes
    through ``write``. ``busy_seconds`` is how long a writer waits for another one.
    """

    def __init__(self, path: Path, *, busy_seconds: float = 30.0) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._own = threading.local()
        self._guard = threading.Lock()
        self._open: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._closed = False

    def connect(self, synchronous: Synchronous = "NORMAL") -> sqlite3.Connection:
        """Open a further connection, which the caller closes.

        Raises:
            StorageError: the file cannot be opened or is not a database.
        """
        try:
            # Closing from another thread is the one use that crosses threads: see ``close``.
            connection = sqlite3.connect(
                self.path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise storage_error(error, self.path) from error
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error as error:
            connection.close()
            raise storage_error(error, self.path) from error
        return connection

    def connection(self) -> sqlite3.Connection:
        """Return the calling thread's own connection.

        Raises:
            StorageError: the store is closed, or the file cannot be opened.
        """
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is not None and not self._closed:
            return connection
        if self._closed:
            raise StorageError("The store is closed.", "Open it again before using it.")
        connection = self.connect()
        with self._guard:
            self._close_those_of_dead_threads()
            self._open.append((threading.current_thread(), connection))
        self._own.connection = connection
        return connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query.

        Raises:
            StorageError: SQLite could not answer.
        """
        try:
            return self.connection().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise storage_error(error, self.path) from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give a connection inside one transaction that took the write lock at its start.

        Leaving the block commits; an exception rolls everything back. Inside a ``write`` of the
        same thread it joins that one. Constraint violations pass as ``sqlite3.IntegrityError``.

        Raises:
            StorageError: the lock was not to be had, the disk is full, the file is damaged …
        """
        connection = self.connection()
        if connection.in_transaction:
            yield connection
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.IntegrityError:
            _roll_back(connection)
            raise
        except sqlite3.Error as error:
            _roll_back(connection)
            raise storage_error(error, self.path) from error
        except BaseException:
            _roll_back(connection)
            raise

    def now(self) -> float:
        """Return the seconds since 1970 by this machine's clock: all who share the file run on it."""
        return time.time()

    def close(self) -> None:
        """Close every thread's connection; using the database afterwards raises ``StorageError``."""
        with self._guard:
            self._closed = True
            for _, connection in self._open:
                connection.close()
            self._open.clear()

    def _close_those_of_dead_threads(self) -> None:
        for entry in [entry for entry in self._open if not entry[0].is_alive()]:
            entry[1].close()
            self._open.remove(entry)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        with suppress(sqlite3.Error):  # the first error says more
            connection.execute("ROLLBACK")
