"""The PostgreSQL database that bot and workers share: a few connections, one way to write, the schema."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from optimizer.errors import ConfigError
from storage.errors import StorageError
from storage.postgres_schema import bring_up_to_date
from storage.shared_database import Outcome

if TYPE_CHECKING:
    import psycopg

_CONNECTIONS = 6
_CONNECT_SECONDS = 10


class PostgresDatabase:
    """Implements ``SharedDatabase`` over the server at ``url``; opening it brings the schema up to date.

    At most six connections are open at once, whatever the number of threads. A connection that was
    lost (the server restarted) is replaced; a change is never sent twice.

    Raises:
        ConfigError: the address is none of PostgreSQL.
        StorageError: the server cannot be reached or refuses us.
    """

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in ("postgresql", "postgres"):
            raise ConfigError(
                "DATABASE_URL is not the address of a PostgreSQL database.",
                "Give one like postgresql://user:password@host/promptbeam, or leave it out for SQLite.",
            )
        self._url = url
        self._room = threading.BoundedSemaphore(_CONNECTIONS)
        self._guard = threading.Lock()
        self._idle: list[psycopg.Connection[Any]] = []
        self._own = threading.local()
        self._closed = False
        connection = self.connect()
        try:
            with _errors():
                bring_up_to_date(connection)
        finally:
            connection.close()

    def connect(self) -> psycopg.Connection[Any]:
        """Open a further connection in autocommit mode, which the caller closes."""
        import psycopg

        with _errors():
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=_CONNECT_SECONDS)
            connection.execute("SET search_path TO promptbeam")
        return connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See ``SharedDatabase.rows``. A query whose connection turns out to be lost is asked again once."""
        connection: psycopg.Connection[Any] | None = None
        try:
            with self._borrowed() as connection, _errors():
                return list(connection.execute(_spelled(sql), tuple(values)).fetchall())
        except StorageError:
            if connection is None or not connection.broken or getattr(self._own, "transaction", None):
                raise
        with self._borrowed() as connection, _errors():
            return list(connection.execute(_spelled(sql), tuple(values)).fetchall())

    @contextmanager
    def write(self) -> Iterator[_Statements]:
        """See ``SharedDatabase.write``; inside a ``write`` of the same thread it joins that one."""
        joined: _Statements | None = getattr(self._own, "transaction", None)
        if joined is not None:
            yield joined
            return
        with self._borrowed() as connection, _errors(), connection.transaction():
            self._own.transaction = _Statements(connection)
            try:
                yield self._own.transaction
            finally:
                self._own.transaction = None

    def now(self) -> float:
        """Return the seconds since 1970 by the server's clock."""
        return float(self.rows("SELECT extract(epoch FROM clock_timestamp())")[0][0])

    def close(self) -> None:
        """Close all connections; using the database afterwards raises ``StorageError``."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _borrowed(self) -> Iterator[psycopg.Connection[Any]]:
        """Give a connection that no other thread uses meanwhile."""
        joined: _Statements | None = getattr(self._own, "transaction", None)
        if joined is not None:
            yield joined.connection
            return
        with self._room:
            connection = self._take()
            try:
                yield connection
            finally:
                self._put_back(connection)

    def _take(self) -> psycopg.Connection[Any]:
        while True:
            with self._guard:
                if self._closed:
                    raise StorageError("The database connection is closed.", "Open it again before using it.")
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self.connect()
            if _alive(connection):
                return connection
            connection.close()

    def _put_back(self, connection: psycopg.Connection[Any]) -> None:
        with self._guard:
            if not self._closed and not connection.closed and not connection.broken:
                self._idle.append(connection)
                return
        connection.close()


class _Statements:
    """Implements ``Transaction`` on one connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Outcome:
        return self.connection.execute(_spelled(sql), tuple(values))

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(_spelled(sql), [tuple(row) for row in values])


def _spelled(sql: str) -> Any:
    """Return the statement with PostgreSQL's marks for values; ours are built from constants alone."""
    return sql.replace("%", "%%").replace("?", "%s")


def _alive(connection: psycopg.Connection[Any]) -> bool:
    """Tell whether an idle connection is still there, by looking for what the server sent when it left."""
    import select

    import psycopg

    if connection.closed:
        return False
    with suppress(psycopg.Error, OSError, ValueError):
        readable, _, _ = select.select([connection.fileno()], [], [], 0)
        if not readable:
            return True
        connection.execute("SELECT 1")
        return True
    return False


@contextmanager
def _errors() -> Iterator[None]:
    """Turn the driver's errors into ours. What the server said may hold data, so it is not repeated."""
    import psycopg

    try:
        yield
    except psycopg.errors.IntegrityError as error:
        raise sqlite3.IntegrityError(str(error.sqlstate)) from error
    except psycopg.OperationalError as error:
        raise StorageError(
            "The PostgreSQL database cannot be reached.",
            "Check DATABASE_URL and that the server is up; what was saved before is safe.",
        ) from error
    except psycopg.Error as error:
        raise StorageError(
            f"The PostgreSQL database refused a step ({error.sqlstate or type(error).__name__}).",
            "Check that DATABASE_URL's user may create tables; the log has the details.",
        ) from error
