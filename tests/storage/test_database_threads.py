"""Connections and transactions when many threads use one store."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import StorageError


@pytest.fixture
def database(tmp_path: Path):
    opened = Database(tmp_path / "a.sqlite")
    with opened.write() as connection:
        connection.execute("CREATE TABLE counter (n INTEGER)")
        connection.execute("INSERT INTO counter VALUES (0)")
    yield opened
    opened.close()


def test_no_read_then_write_is_lost_between_threads(database: Database):
    def count() -> None:
        for _ in range(100):
            with database.write() as connection:
                n = connection.execute("SELECT n FROM counter").fetchone()[0]
                connection.execute("UPDATE counter SET n = ?", (n + 1,))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.rows("SELECT n FROM counter") == [(800,)]


def test_a_write_inside_a_write_is_one_transaction(database: Database):
    def nested() -> None:
        with database.write() as connection:
            connection.execute("UPDATE counter SET n = 1")
            with database.write() as same:
                same.execute("UPDATE counter SET n = 2")
            raise KeyError

    with pytest.raises(KeyError):
        nested()
    assert database.rows("SELECT n FROM counter") == [(0,)]


def test_connections_of_ended_threads_are_closed(database: Database):
    for _ in range(20):
        thread = threading.Thread(target=lambda: database.rows("SELECT 1"))
        thread.start()
        thread.join()
    assert len(database._open) <= 2


def test_a_closed_database_says_so(database: Database):
    database.close()
    with pytest.raises(StorageError, match="closed"):
        database.rows("SELECT 1")


def test_importing_the_store_is_cheap():
    script = (
        "import sys, storage.store\n"
        "print([m for m in ('chromadb', 'numpy', 'sqlite_utils', 'openai', 'langchain_openai') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
