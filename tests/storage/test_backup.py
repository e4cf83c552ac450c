"""Backups while others write, restoring over a store in use, and what happens when a disk or a lock says no."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from storage_records import prompt, run

from optimizer.errors import InputError
from storage import backup as backup_module
from storage.backup import back_up, read_backup
from storage.errors import DiskFull, StorageError, StoreDamaged, StoreLocked
from storage.restore import restore
from storage.store import Store
from storage.visibility import Viewer

BOB = Viewer("bob", "T1")
DUMP = Path(__file__).parent / "old_databases" / "m003_prompts.sql"

WRITE_PAIRS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from storage_records import run
from storage.store import Store

store = Store(Path(sys.argv[1]))
number = 0
while True:
    with store.database.write():
        store.runs.create(run(f"a{number}"))
        store.runs.create(run(f"b{number}"))
    number += 1
    print(number, flush=True)
"""


def test_a_backup_taken_while_another_process_writes_is_one_moments_state(tmp_path: Path):
    home = tmp_path / "home"
    Store(home).close()
    here = str(Path(__file__).parent)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_PAIRS, str(home), here], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    sizes = []
    try:
        with Store(home) as store:
            for number in range(5):
                acknowledged = int(writer.stdout.readline())
                made = store.back_up(tmp_path / f"{number}.sqlite")
                assert made.runs % 2 == 0
                assert made.runs >= 2 * acknowledged
                sizes.append(made.runs)
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    assert sizes == sorted(sizes)
    assert restore(tmp_path / "4.sqlite", tmp_path / "other").backup.runs == sizes[-1]
    with Store(tmp_path / "other") as store:
        assert len(store.runs.unfinished()) == sizes[-1]


def test_a_backup_into_a_folder_is_named_by_the_time_and_is_for_the_owners_eyes(store: Store, tmp_path: Path):
    made = store.back_up(tmp_path / "copies")
    assert made.path.parent == tmp_path / "copies"
    assert made.path.name.startswith("promptbeam-2")
    assert [path.name for path in made.path.parent.iterdir()] == [made.path.name]
    if os.name == "posix":
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_a_backup_never_takes_the_place_of_a_file(store: Store, tmp_path: Path):
    (tmp_path / "mine.sqlite").write_text("precious")
    with pytest.raises(InputError, match="there already"):
        store.back_up(tmp_path / "mine.sqlite")
    assert (tmp_path / "mine.sqlite").read_text() == "precious"


def test_a_backup_that_finds_no_room_leaves_no_half_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store.runs.create(run())
    connect = sqlite3.connect

    def small_disk(*arguments, **options):
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 5")
        return connection

    monkeypatch.setattr(backup_module.sqlite3, "connect", small_disk)
    with pytest.raises((DiskFull, StorageError)):
        back_up(store.database, tmp_path / "full" / "copy.sqlite")
    assert list((tmp_path / "full").iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_folder_that_cannot_be_written_to_is_named(store: Store, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        store.back_up(tmp_path / "file" / "copy.sqlite")


def test_a_store_is_replaced_only_by_force_and_kept_beside(tmp_path: Path):
    home = tmp_path / "home"
    with Store(home) as store:
        store.runs.create(run("old"))
        made = store.back_up(tmp_path / "copy.sqlite")
        store.runs.create(run("new"))
    with pytest.raises(InputError, match="holds a database"):
        restore(made.path, home)
    done = restore(made.path, home, force=True)
    with Store(home) as store:
        assert [one.id for one in store.runs.unfinished()] == ["old"]
    assert done.kept is not None
    assert read_backup(done.kept).runs == 2
    assert not list(home.glob(".restore*"))


def test_a_process_that_has_the_store_open_goes_on_with_what_was_brought_back(tmp_path: Path):
    home = tmp_path / "home"
    with Store(home) as store:
        store.prompts.add(prompt("kept", "Sort the walrus reports."))
        made = store.back_up(tmp_path / "copy.sqlite")
        store.prompts.add(prompt("late", "Sort the octopus reports."))
        assert store.prompts.search("octopus", BOB)[0].record.id == "late"
        restore(made.path, home, force=True)
        assert [one.record.id for one in store.prompts.search("octopus walrus reports", BOB)] == ["kept"]
        assert store.prompts._index.uses_chroma
        assert store.prompts._index._collection.count() == 1
        store.prompts.add(prompt("after", "Sort the heron reports."))
        assert store.prompts.search("heron", BOB)[0].record.id == "after"
        assert store.prompts._index._collection.count() == 2


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path):
    connection = sqlite3.connect(tmp_path / "old.sqlite")
    connection.executescript(DUMP.read_text())
    connection.close()
    before = (tmp_path / "old.sqlite").read_bytes()
    restore(tmp_path / "old.sqlite", tmp_path / "home")
    with Store(tmp_path / "home") as store:
        assert store.prompts.get("p-1", BOB).status == "draft"
    assert (tmp_path / "old.sqlite").read_bytes() == before


def test_what_is_no_backup_is_refused_and_changes_nothing(store: Store, tmp_path: Path):
    store.runs.create(run())
    whole = store.back_up(tmp_path / "copy.sqlite").path
    newer = Path(shutil.copy(whole, tmp_path / "newer.sqlite"))
    connection = sqlite3.connect(newer)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('promptbeam', 'm999', 'x')"
    )
    connection.commit()
    connection.close()
    (tmp_path / "letter.sqlite").write_text("Dear reader, " * 999)
    (tmp_path / "half.sqlite").write_bytes(whole.read_bytes()[:20_000])
    sqlite3.connect(tmp_path / "empty.sqlite").close()
    for name, error in (
        ("letter", StoreDamaged),
        ("half", StoreDamaged),
        ("empty", StoreDamaged),
        ("newer", StorageError),
        ("missing", InputError),
    ):
        with pytest.raises(error):
            restore(tmp_path / f"{name}.sqlite", store.folder, force=True)
    assert store.runs.get("run-1").status == "queued"
    assert not list(store.folder.glob("*restore*"))


def test_a_damaged_store_is_moved_aside(tmp_path: Path):
    home = tmp_path / "home"
    with Store(home) as store:
        store.runs.create(run())
        made = store.back_up(tmp_path / "copy.sqlite")
    (home / "promptbeam.sqlite").write_bytes(b"rubble" * 5000)
    with pytest.raises(StoreDamaged):
        Store(home)
    done = restore(made.path, home, force=True)
    with Store(home) as store:
        assert store.runs.get("run-1").status == "queued"
    assert done.kept is not None
    assert done.kept.read_bytes().startswith(b"rubble")


HOLD_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE runs SET status = 'half'")
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_lock_held_by_another_process_is_said_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(backup_module, "_PATIENCE", 0.2)
    home = tmp_path / "home"
    with Store(home) as store:
        store.runs.create(run())
        made = store.back_up(tmp_path / "copy.sqlite")
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD_THE_LOCK, str(home / "promptbeam.sqlite")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        try:
            with pytest.raises(StoreLocked, match="locked"):
                restore(made.path, home, force=True)
            assert read_backup(store.back_up(tmp_path / "meanwhile.sqlite").path).runs == 1
            patience = store.database._busy_seconds
            store.database._busy_seconds = 0.1
            store.database.connection().execute("PRAGMA busy_timeout = 100")
            with pytest.raises(StoreLocked, match="locked"):
                store.runs.create(run("second"))
            assert patience > 1
        finally:
            holder.kill()
            holder.communicate()
        store.runs.create(run("second"))
        assert [one.status for one in store.runs.unfinished()] == ["queued", "queued"]


def test_backups_by_many_threads_disturb_nobody(store: Store, tmp_path: Path):
    troubles: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(5):
                store.runs.create(run(f"{number}-{step}"))
                store.back_up(tmp_path / f"{number}-{step}.sqlite")
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert len(store.runs.unfinished()) == 20
