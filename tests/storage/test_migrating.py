"""The schema: made once, by whoever comes first, whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database as Tables
from sqlite_utils import Migrations

from storage import migrations as steps
from storage.database import Database
from storage.errors import DiskFull, StorageError, StoreDamaged, StoreLocked
from storage.migrating import migrate
from storage.store import Store

NAMES = [
    *("m001_runs", "m002_calls", "m003_prompts", "m004_versions_and_reviews", "m005_uploads"),
    *("m006_lessons", "m007_deletion", "m008_filter_index", "m010_deliveries_and_drafts"),
    *("m020_shared_work", "m021_outbox", "m030_slack_workspaces", "m050_messages_by_timestamp"),
    *("m051_reviews_of_runs", "m052_spent"),
]


def test_released_steps_keep_their_names_and_order(tmp_path: Path):
    database = Database(tmp_path / "a.sqlite")
    applied = migrate(database)
    assert applied[: len(NAMES)] == NAMES
    assert migrate(database) == []
    database.close()


def test_processes_that_start_together_migrate_once(tmp_path: Path):
    script = (
        "import sys; from pathlib import Path; from storage.store import Store\n"
        "sys.stdin.readline()\n"
        "store = Store(Path(sys.argv[1])); print(store.database.rows('SELECT count(*) FROM runs')); store.close()"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "home")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        out, err = child.communicate(timeout=60)
        assert out.strip() == "[(0,)]", err
    with Store(tmp_path / "home") as store:
        assert [
            row[0] for row in store.database.rows("SELECT name FROM _sqlite_migrations ORDER BY id")
        ] == NAMES


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    database = Database(tmp_path / "a.sqlite")
    migrate(database)
    more = Migrations("promptbeam")
    more._migrations = list(steps.migrations._migrations)

    @more()
    def m900_new_column(tables: Tables) -> None:
        tables.table("runs").add_column("mood", str)

    @more()
    def m901_broken(tables: Tables) -> None:
        tables.execute("INSERT INTO runs (id) VALUES ('half')")

    monkeypatch.setattr("storage.migrating.migrations", more)
    before = database.rows("SELECT sql FROM sqlite_master ORDER BY 1")
    with pytest.raises((StorageError, sqlite3.IntegrityError)):
        migrate(database)
    assert database.rows("SELECT sql FROM sqlite_master ORDER BY 1") == before
    assert [row[0] for row in database.rows("SELECT name FROM _sqlite_migrations ORDER BY id")] == NAMES
    database.close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path):
    with Store(tmp_path) as store, store.database.write() as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('promptbeam', 'm999_future', 'x')"
        )
    with pytest.raises(StorageError, match="newer version"):
        Store(tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path):
    (tmp_path / "promptbeam.sqlite").write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(StoreDamaged, match=r"promptbeam\.sqlite"):
        Store(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        Store(tmp_path / "file" / "home")


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path):
    (tmp_path / "promptbeam.migrating").mkdir()
    with pytest.raises(StorageError, match="cannot be written to"):
        Store(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_the_store_is_for_its_owners_eyes_only(tmp_path: Path):
    with Store(tmp_path / "home"):
        assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_a_lock_held_too_long_is_said_to_be_one(tmp_path: Path):
    first, second = Database(tmp_path / "a.sqlite"), Database(tmp_path / "a.sqlite", busy_seconds=0.05)
    with first.write(), pytest.raises(StoreLocked), second.write():
        pass
    first.close()
    second.close()


def test_a_full_disk_loses_nothing_that_was_there(tmp_path: Path):
    database = Database(tmp_path / "a.sqlite")
    with database.write() as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (1)")
    connection = database.connection()
    connection.execute("PRAGMA max_page_count = 3")

    def write_much() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO t VALUES (2)")
            connection.execute("INSERT INTO t VALUES (?)", ("x" * 100_000,))

    with pytest.raises(DiskFull, match="no room"):
        write_much()
    assert database.rows("SELECT x FROM t") == [(1,)]
    database.close()
