"""A disk without room, a lock that somebody keeps: said in plain words, and nothing that was stored is lost."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from storage_records import entry, prompt, run

from optimizer.errors import OutputError
from optimizer.evolution.sharding.pieces import cut
from optimizer.instructions.address import Address, address_of
from optimizer.instructions.folder import Folder, fetched
from optimizer.instructions.open import open_instructions
from storage.database import Database
from storage.errors import DiskFull, StoreLocked
from storage.store import Store
from storage.visibility import Viewer
from tests.cli.terminal import TICKETS, promptbeam, report_of

BOB = Viewer("bob", "T1")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of a few megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a tiny disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill_up(disk: Path) -> Path:
    """Leave no room on the disk, by a file that somebody else wrote."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    return ballast


def test_what_finds_no_room_is_refused_whole_and_stored_when_there_is_room_again(tiny_disk: Path):
    with Store(tiny_disk / "home") as store:
        asyncio.run(store.journal.record(entry("first")))
        store.runs.create(run("first"))
        ballast = fill_up(tiny_disk)
        with pytest.raises(DiskFull, match="no room left"):
            asyncio.run(store.journal.record(entry("second", "x" * 500_000)))
        with pytest.raises(DiskFull, match="no room left"):
            store.runs.save_file("first", "examples/0", b"x" * 500_000)
        with pytest.raises(DiskFull, match="no room left"):
            store.prompts.add(prompt("big", "long words " * 50_000))
        found = store.journal.find("first")
        assert found is not None
        assert found.answer.text == "yes"
        assert store.runs.get("first").status == "queued"
        ballast.unlink()
        asyncio.run(store.journal.record(entry("second", "x" * 500_000)))
        store.runs.save_file("first", "examples/0", b"x" * 500_000)
        assert store.database.rows("PRAGMA integrity_check") == [("ok",)]
    with Store(tiny_disk / "home") as store:
        assert store.journal.find("second") is not None
        assert store.runs.file_names("first") == ("examples/0",)


def test_a_backup_onto_a_full_disk_leaves_no_half_file(tiny_disk: Path, tmp_path: Path):
    with Store(tmp_path / "home") as store:
        store.runs.create(run())
        store.runs.save_file("run-1", "big", os.urandom(4_000_000))
        with pytest.raises(DiskFull, match="no room left"):
            store.back_up(tiny_disk / "copy.sqlite")
    assert list(tiny_disk.iterdir()) == []


def test_a_run_that_hit_a_full_disk_says_so_and_goes_on_without_paying_twice(tiny_disk: Path, tmp_path: Path):
    home = {"PROMPTBEAM_DATA": str(tiny_disk / "home")}
    arguments = ("--simulated", "--preset", "quick", "--rounds", 1, "--json")
    Store(tiny_disk / "home").close()
    fill_up(tiny_disk)
    with (tiny_disk / "ballast").open("r+b") as file:
        file.truncate((tiny_disk / "ballast").stat().st_size - 250_000)
    code, _, err = promptbeam(tmp_path, "optimize", *TICKETS, *arguments, **home)
    assert code == 1
    assert "no room left on the disk" in err
    assert "Traceback" not in err
    named = re.search(r"--resume (r-\w+)", err)
    assert named is not None, err
    (tiny_disk / "ballast").unlink()
    with Store(tiny_disk / "home") as store:
        paid = store.journal.spending(named[1]).calls
    code, out, err = promptbeam(tmp_path, "optimize", "--resume", named[1], "--json", **home)
    assert code == 0, err
    report = report_of(out)
    assert report["events"][-1]["kind"] == "run_finished"
    with Store(tiny_disk / "home") as store:
        total = store.journal.spending(named[1]).calls
        assert paid < total
        keys = store.database.rows("SELECT count(DISTINCT key) FROM calls")[0][0]
        assert keys == total, "a stored answer was paid again"


def test_shards_that_find_no_room_for_temporary_files_say_where(
    tiny_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(f'{{"instruction": "Explain thing {n}.", "output": ""}}\n' for n in range(200)))
    source, folder = open_instructions(data.name, data), Folder(address_of(str(tmp_path / "shards"), "out"))
    monkeypatch.setattr(tempfile, "tempdir", str(tiny_disk))
    ballast = fill_up(tiny_disk)
    with pytest.raises(OutputError, match=r"no room for temporary files in .*disk"):
        cut(source, 100, folder, 1000)
    with pytest.raises(OutputError, match="no room"), fetched(Address(f"file://{data}")):
        pass
    ballast.unlink()
    assert [shard.rows for shard in cut(source, 100, folder, 1000)] == [100, 100]
    assert list(tiny_disk.iterdir()) == []


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
print("let go", flush=True)
"""


def test_a_writer_waits_for_another_process_and_then_says_who_is_in_the_way(tmp_path: Path):
    Store(tmp_path).close()
    path = tmp_path / "promptbeam.sqlite"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    hasty, patient = Database(path, busy_seconds=0.05), Database(path, busy_seconds=60)
    try:
        with pytest.raises(StoreLocked, match="Another process keeps"), hasty.write():
            pass
        assert hasty.rows("SELECT count(*) FROM runs") == [(0,)]
        holder.stdin.write("\n")
        holder.stdin.flush()
        with patient.write() as connection:
            connection.execute("DELETE FROM runs")
    finally:
        holder.communicate(timeout=30)
        hasty.close()
        patient.close()
