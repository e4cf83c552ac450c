"""Databases of every released version open in this one with all they hold, and no released step was edited."""

from __future__ import annotations

import hashlib
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database as Tables

from optimizer.events import GradientsSummarised
from storage.database import Database
from storage.migrating import migrate
from storage.migrations import migrations
from storage.store import Store
from storage.visibility import Viewer

FOLDER = Path(__file__).parent / "old_databases"
DUMPS = sorted(FOLDER.glob("*.sql"))
ALICE = Viewer("alice", "T1", frozenset({"C-lab"}))

SCHEMAS = {
    "m001_runs": "b795ba382ca7e301",
    "m002_calls": "f8894e65cfea396b",
    "m003_prompts": "88b30422a06a43a1",
    "m004_versions_and_reviews": "166fccd27dd81eb8",
    "m005_uploads": "6379bedb3e7220c0",
    "m006_lessons": "3406ddff71061f87",
    "m007_deletion": "8e20c4085d1f35ac",
    "m008_filter_index": "becf3796d0ecbeed",
    "m010_deliveries_and_drafts": "c2bdaacc7a148707",
    "m020_shared_work": "5da749497e01c544",
    "m021_outbox": "14a378fa1f5a82f8",
    "m030_slack_workspaces": "d10c6d667050f74b",
    "m050_messages_by_timestamp": "bce2b9d05700aa97",
    "m051_reviews_of_runs": "3b947ee9f31067bd",
    "m052_spent": "390fa24e362e3c4a",
}
"""Hash of the whole schema after each step. A line here is added with its step and never changes again."""


def schema_of(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name")
    return [(name, " ".join(re.sub(r'["\s]+', " ", sql).split())) for name, sql in rows]


def old_file(dump: Path, folder: Path) -> Path:
    """Load the dump into the file that a store of that version would have left."""
    folder.mkdir()
    connection = sqlite3.connect(folder / "promptbeam.sqlite")
    connection.executescript(dump.read_text())
    connection.close()
    return folder


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.stem)
def test_a_file_of_an_earlier_version_opens_with_all_it_holds(dump: Path, tmp_path: Path):
    with Store(old_file(dump, tmp_path / "home")) as store:
        run = store.runs.get("r-1")
        assert (run.status, run.request["prompt"]) == ("done", "Sort: \ud83d é")
        assert run.message_ts == {"parent": "17.5"}
        assert store.runs.read_file("r-1", "examples/0") == b"text,label\r\n\xff,a\n"
        assert store.runs.events("r-1")[1] == GradientsSummarised(1, "It's the 'labels'; they overlap.")
        assert [run.id for run in store.runs.unfinished()] == ["r-2"]
        found = store.journal.find("k1")
        assert found is not None
        assert found.answer.text == "ja\n'"
        assert [one.record.id for one in store.prompts.search("support tickets", Viewer("bob", "T1"))] == [
            "p-1"
        ]
        assert {one.record.id for one in store.prompts.search("support tickets", ALICE)} == {"p-1", "p-2"}
        assert [one.id for one in store.prompts.versions("p-1", ALICE)] == ["p-1"]
        assert store.prompts.set_status("p-1", "accepted", ALICE).status == "accepted"
        assert store.database.rows("PRAGMA integrity_check") == [("ok",)]
        assert store.database.rows("PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.stem)
def test_an_old_file_gets_the_schema_of_a_new_one(dump: Path, tmp_path: Path):
    with Store(tmp_path / "new") as new, Store(old_file(dump, tmp_path / "old")) as old:
        assert schema_of(old.database.connection()) == schema_of(new.database.connection())


def test_no_released_step_was_edited(tmp_path: Path):
    tables = Tables(tmp_path / "a.sqlite")
    hashes = {}
    names = [step.name for step in migrations._migrations]
    for name, following in zip(names, [*names[1:], None], strict=True):
        migrations.apply(tables, stop_before=following)
        hashes[name] = hashlib.sha256(repr(schema_of(tables.conn)).encode()).hexdigest()[:16]
    assert hashes == SCHEMAS, "never edit a released step: add one at the end, and its hash here"


def test_every_released_version_has_a_stored_file():
    last = [re.findall(r"'promptbeam', '(\w+)'", dump.read_text())[-1] for dump in DUMPS]
    assert last == [dump.stem for dump in DUMPS]


KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from pathlib import Path
from storage import migrations as steps
from storage.store import Store

@steps.migrations()
def m900_dies(tables):
    tables.table("runs").add_column("mood", str)
    tables.execute("UPDATE runs SET mood = 'half'")
    os.kill(os.getpid(), signal.SIGKILL)

Store(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("dump", DUMPS[:1], ids=lambda path: path.stem)
def test_a_process_killed_while_it_migrates_leaves_the_old_file_whole(dump: Path, tmp_path: Path):
    home = old_file(dump, tmp_path / "home")
    connection = sqlite3.connect(home / "promptbeam.sqlite")
    before = schema_of(connection)
    connection.close()
    done = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, str(home)], check=False)
    assert done.returncode == -signal.SIGKILL
    database = Database(home / "promptbeam.sqlite")
    assert schema_of(database.connection()) == before
    assert len(migrate(database)) == len(migrations._migrations) - 3
    database.close()
