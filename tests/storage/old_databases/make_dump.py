"""Writes the SQL dump of a filled database of the code that is on the path: run it when a schema is released.

``python tests/storage/old_databases/make_dump.py > tests/storage/old_databases/m003_prompts.sql``
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from pathlib import Path

from optimizer.events import BaselineScored, GradientsSummarised
from optimizer.model.protocol import JournalEntry, ModelAnswer
from storage.prompts import PromptRecord
from storage.runs import RunRecord
from storage.store import Store
from storage.visibility import Place

PUBLIC, PRIVATE = Place("T1", "C-open", "public", "1.5"), Place("T1", "C-lab", "private")


def fill(store: Store) -> None:
    """Put in one of everything, by the methods that the application uses."""
    for name, place, status in (("r-1", PUBLIC, "done"), ("r-2", PRIVATE, "queued")):
        store.runs.create(
            RunRecord(name, "optimize", status, "alice", place, {"prompt": "Sort: \ud83d é"}, 1000.0)
        )
        store.runs.set_message(name, "parent", "17.5")
        store.runs.save_file(name, "examples/0", b"text,label\r\n\xff,a\n")
        store.runs.append_event(name, 0, BaselineScored(0.5, 10, 0))
        store.runs.append_event(name, 1, GradientsSummarised(1, "It's the 'labels'; they overlap."))
        store.prompts.add(_prompt(name, place))
    asyncio.run(store.journal.record(JournalEntry("k1", "r-1", "m", "task", ModelAnswer("ja\n'", 10, 2))))


def _prompt(run_id: str, place: Place) -> PromptRecord:
    return PromptRecord(
        id=run_id.replace("r", "p"),
        run_id=run_id,
        version=1,
        title="Tickets",
        text=f"Sort the support tickets of {run_id}.\nBy topic; 'quoted', {{text}}",
        seed_text="Sort the ticket: {text}",
        owner="alice",
        place=place,
        only_me=False,
        verdict="better",
        seed_score=0.5,
        final_score=0.75,
        holdout_n=80,
        metric="label",
        algorithm="racing",
        created_at=1000.0,
    )


def dump(path: Path) -> list[str]:
    """Return the database as SQL: schema first, so that triggers fill the word index; then the rows."""
    connection = sqlite3.connect(path)
    schema = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY rowid"
    ).fetchall()
    virtual = [name for _, name, _, sql in schema if sql.upper().startswith("CREATE VIRTUAL")]
    shadows = {name for _, name, _, _ in schema for own in virtual if name.startswith(f"{own}_")}
    lines, inserts = [], []
    for kind, name, _, sql in schema:
        if (name in shadows and kind == "table") or name.startswith("sqlite_"):
            continue
        lines.append(f"{sql};")
        if kind == "table" and name not in virtual and name != "prompt_vectors":
            inserts += _rows(connection, name)
    connection.close()
    return lines + inserts


def _rows(connection: sqlite3.Connection, table: str) -> list[str]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    quoted = " || ', ' || ".join(f'quote("{column}")' for column in columns)
    return [
        f"INSERT INTO {table} VALUES ({values});"
        for (values,) in connection.execute(f"SELECT {quoted} FROM {table} ORDER BY rowid")
    ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        with Store(Path(folder)) as store:
            fill(store)
        sys.stdout.write("\n".join(dump(Path(folder) / "promptbeam.sqlite")) + "\n")
