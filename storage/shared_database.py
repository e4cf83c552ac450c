"""What the tables that bot and workers share ask of a database: SQLite on one machine, PostgreSQL between several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Outcome(Protocol):
    """What a statement did."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows of its ``RETURNING`` clause."""
        ...


class Transaction(Protocol):
    """Takes statements with ``?`` for each value."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Outcome:
        """Run one statement."""
        ...

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> Any:
        """Run one statement for each row of values."""
        ...


class SharedDatabase(Protocol):
    """Safe to use from any thread. Every method raises ``StorageError`` when the database fails.

    Statements are written once, in the SQL that SQLite and PostgreSQL have in common.
    """

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        ...

    def write(self) -> AbstractContextManager[Transaction]:
        """Give one transaction; leaving the block commits, an exception rolls back.

        Constraint violations pass as ``sqlite3.IntegrityError``, whichever database found them.
        """
        ...

    def now(self) -> float:
        """Return the seconds since 1970 by the one clock that everybody who shares the data goes by."""
        ...
