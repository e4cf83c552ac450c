"""Opens what bot and workers share: tables of the own store, or a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.background.engine import postgres_url, sqlite_url
from storage.exchange import Exchange, exchange_over, local_exchange

if TYPE_CHECKING:
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared tables and the address of the queue."""

    exchange: Exchange
    engine_url: str


@contextmanager
def open_shared(database_url: str, store: Store | None, silent: float) -> Iterator[Shared]:
    """Open PostgreSQL at ``database_url``, or without one the tables of ``store``.

    Raises:
        ConfigError: there is neither, or the address is none of PostgreSQL.
        StorageError: the database cannot be used.
    """
    if not database_url:
        if store is None:
            from optimizer.errors import ConfigError

            raise ConfigError(
                "DATABASE_URL is missing: workers share their runs with the bot through PostgreSQL.",
                "Set it to the address that the bot has, like postgresql://user:password@host/promptbeam.",
            )
        yield Shared(local_exchange(store, silent=silent), sqlite_url(store.folder))
        return
    from storage.postgres import PostgresDatabase
    from storage.postgres_journal import PostgresJournal

    url = postgres_url(database_url)
    database = PostgresDatabase(url)
    journal = PostgresJournal(database)
    try:
        yield Shared(exchange_over(database, journal, shared=True, silent=silent), url)
    finally:
        journal.close()
        database.close()
