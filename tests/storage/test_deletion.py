"""Deletion reaches everything that came of a run, and nothing else; retention goes by age."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from storage_records import entry, prompt, run

from optimizer.errors import InputError
from optimizer.events import GradientsSummarised
from storage import deletion
from storage.deletion import TABLES_OF_A_RUN, Eraser
from storage.spending import DAY
from storage.store import Store
from storage.visibility import Viewer

ALICE, BOB = Viewer("alice", "T1"), Viewer("bob", "T1")
WORD = "zyzzogeton"
"""Occurs nowhere but in the run that is deleted."""


def two_runs(store: Store) -> None:
    for name, word in (("gone", WORD), ("stays", "kangaroo")):
        store.runs.create(run(name, status="done", request={"prompt": f"Sort the {word}."}))
        store.runs.save_file(name, "examples/0", f"text,label\n{word},a\n".encode() * 200)
        store.runs.append_event(name, 0, GradientsSummarised(1, f"It misses the {word}."))
        store.runs.set_message(name, "parent", "1.0")
        asyncio.run(store.journal.record(entry(f"key-{name}", word * 50, run_id=name)))
        store.prompts.add(prompt(f"p-{name}", f"Sort {word} by topic.", run_id=name, title=word))
        store.prompts.review(f"p-{name}", "up", BOB, f"I like the {word}.")
        store.uploads.note(name, {f"F-{name}": "prompt.txt"})


def test_nothing_of_a_deleted_run_is_left_on_the_disk(tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "prompt.txt").write_text(WORD)
    with Store(tmp_path / "home") as store:
        two_runs(store)
        store.result_files.note("gone", [out / "prompt.txt"])
        assert store.prompts.search(WORD, BOB)
        erased = store.eraser.erase("p-gone", ALICE)
        assert (erased.runs, erased.prompts, erased.calls, erased.files, erased.uploads) == (1, 1, 1, 1, 1)
        assert store.uploads.doomed() == ["F-gone"]
        assert store.prompts.search(WORD, BOB) == []
        assert store.journal.find("key-gone") is None
        assert store.runs.events("gone") == []
        assert store.prompts._index._collection.count() == 1
        with pytest.raises(InputError, match="no run"):
            store.runs.get("gone")
        assert store.runs.get("stays").message_ts == {"parent": "1.0"}
        assert [one.record.id for one in store.prompts.search("kangaroo", BOB)] == ["p-stays"]
        assert store.prompts.reviews("p-stays", BOB)[0].text == "I like the kangaroo."
        assert store.database.rows("PRAGMA foreign_key_check") == []
    for path in [*tmp_path.rglob("*")]:
        assert not path.is_file() or WORD.encode() not in path.read_bytes(), path
    assert not (out / "prompt.txt").exists()


def test_a_process_that_has_the_index_open_forgets_what_another_one_deleted(tmp_path: Path):
    with Store(tmp_path / "home") as bot, Store(tmp_path / "home") as terminal:
        two_runs(bot)
        bot.prompts.prepare()
        terminal.eraser.erase("gone", ALICE)
        assert bot.prompts.search(WORD, BOB) == []
        assert bot.prompts._index._collection.count() == 1
        bot.prompts.add(prompt("new", "Sort the newcomers."))
        assert bot.prompts.search("newcomers", BOB)[0].record.id == "new"
        assert bot.prompts._index._collection.count() == 2


def test_a_result_file_that_somebody_changed_is_theirs(store: Store, tmp_path: Path):
    two_runs(store)
    for name in ("prompt.txt", "report.json", "gone.txt"):
        (tmp_path / name).write_text("ours")
    store.result_files.note("gone", [tmp_path / n for n in ("prompt.txt", "report.json", "gone.txt")])
    (tmp_path / "report.json").write_text("mine now")
    (tmp_path / "gone.txt").unlink()
    assert store.eraser.erase("gone", ALICE).files == 1
    assert (tmp_path / "report.json").read_text() == "mine now"
    assert not (tmp_path / "prompt.txt").exists()
    assert store.result_files.sweep() == 0


def test_no_table_that_knows_runs_is_forgotten(store: Store):
    rows = store.database.rows(
        "SELECT DISTINCT t.name FROM sqlite_master t, pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND c.name = 'run_id'"
    )
    with_more_to_do = {"prompts", "lessons", "uploads", "result_files"}
    assert {name for (name,) in rows} == {*TABLES_OF_A_RUN} | with_more_to_do


@pytest.mark.parametrize("viewer", [BOB, Viewer("alice", "T2"), Viewer("", "T1"), Viewer("", "")])
@pytest.mark.parametrize("name", ["gone", "p-gone", "nothing", "", "' OR 1=1 --"])
def test_nobody_deletes_what_is_not_theirs(store: Store, viewer: Viewer, name: str):
    two_runs(store)
    with pytest.raises(InputError, match="no run or prompt"):
        store.eraser.erase(name, viewer)
    assert store.runs.get("gone").id == "gone"


def test_a_run_under_way_is_not_deleted(store: Store):
    store.runs.create(run("busy", status="running"))
    with pytest.raises(InputError, match="under way"):
        store.eraser.erase("busy", ALICE)
    assert store.runs.get("busy").status == "running"


def test_a_file_uploaded_after_its_run_was_deleted_is_to_be_deleted_too(store: Store):
    two_runs(store)
    store.eraser.erase("gone", ALICE)
    store.uploads.note("gone", {"F-late": "report.json"})
    assert store.uploads.doomed() == ["F-gone", "F-late"]
    store.uploads.forget("F-gone")
    assert store.uploads.doomed() == ["F-late"]
    assert store.uploads.of_run("stays") == {"F-stays": "prompt.txt"}


def test_retention_deletes_what_ended_long_ago_but_accepted_prompts(store: Store):
    now = 100 * DAY
    eraser = Eraser(store.database, store.result_files, clock=lambda: now)
    for name, ended in (("old", 10), ("liked", 10), ("young", 80)):
        store.runs.create(run(name, created_at=ended * DAY))
        store.runs.set_status(name, "done", at=ended * DAY)
        store.prompts.add(prompt(name, f"Sort {name} things.", run_id=name))
    store.runs.create(run("waiting", status="queued", created_at=DAY))
    store.prompts.set_status("liked", "accepted", ALICE)
    erased = eraser.older_than(30)
    assert (erased.runs, erased.prompts) == (2, 1)
    assert {one.id for one in store.runs.recent(ALICE)} == {"young", "waiting"}
    assert {one.id for one in store.prompts.recent(ALICE)} == {"liked", "young"}
    assert [one.record.id for one in store.prompts.search("liked", BOB)] == ["liked"]
    assert eraser.older_than(30).runs == 0


def test_who_wants_to_write_need_not_wait_for_all_that_is_deleted(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(deletion, "_ANSWERS_AT_ONCE", 3)
    for number in range(25):
        store.runs.create(run(f"r{number}", status="done", created_at=DAY))
        store.runs.set_status(f"r{number}", "done", at=DAY)
        store.prompts.add(prompt(f"p{number}", f"Sort {number} things.", run_id=f"r{number}"))
    for number in range(8):
        asyncio.run(store.journal.record(entry(f"key-{number}", run_id="r7")))
    connection, seen = store.database.connection(), [""]
    connection.set_trace_callback(seen.append)
    erased = store.eraser.older_than(30)
    connection.set_trace_callback(None)
    assert (erased.runs, erased.prompts, erased.calls) == (25, 25, 8)
    together = [
        sum(statement.startswith("DELETE FROM runs") for statement in set(transaction.split("\n\n")))
        for transaction in "\n\n".join(seen).split("COMMIT")
    ]
    assert max(together) == 10
    assert sum(statement.startswith("DELETE FROM calls WHERE id IN") for statement in seen) >= 25 + 2
    plans = [
        row[3]
        for statement in set(seen)
        if statement.startswith("DELETE FROM prompt_vectors")
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN")], "nor for a look at every vector"


def test_an_abandoned_run_of_a_terminal_goes_by_its_last_event(store: Store):
    from storage.visibility import Place

    place = Place("", "", "terminal")
    store.runs._clock = lambda: 50 * DAY
    for name in ("left", "fresh"):
        store.runs.create(run(name, status="running", place=place, created_at=DAY))
    store.runs.append_event("fresh", 0, GradientsSummarised(1, "x"))
    erased = Eraser(store.database, store.result_files, clock=lambda: 60 * DAY).older_than(30)
    assert erased.runs == 1
    assert store.runs.get("fresh").id == "fresh"
