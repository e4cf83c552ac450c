"""What a run learned is kept when it was shown to be better, and recalled for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.background.memory import about, keep_lessons, texts
from bot.background.memory import recall_lessons as recalled_for
from optimizer.events import BeamSelected, Event, GradientsSummarised
from optimizer.examples.pasted import load_pasted
from optimizer.holdout_events import HoldoutTested, Verdict
from optimizer.task import Task, build_task
from storage.lessons import Recalled
from storage.runs import RunRecord
from storage.store import Store
from storage.visibility import Place, Viewer, readers

PRIVATE, PUBLIC = Place("T1", "C1", "private"), Place("T1", "C2", "public")
ALICE = Viewer("alice", "T1", frozenset({"C1"}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def task(prompt: str = "Sort the support ticket: {ticket}") -> Task:
    rows = "\n".join(f"ticket {number},{'billing' if number % 2 else 'bug'}" for number in range(30))
    return build_task(prompt, load_pasted(f"ticket,label\n{rows}"), goal="Route support tickets")


def events(verdict: Verdict = "better") -> list[Event]:
    told: list[Event] = []
    for number, (summary, improved) in enumerate(
        (("It ignores invoices.", True), ("It is rude.", False), ("It ignores refunds.", True), ("", True)),
        start=1,
    ):
        told.append(GradientsSummarised(number, summary))
        told.append(BeamSelected(number, (), "c", 0.7, "new", "old", "", improved, 10))
    told.append(
        HoldoutTested(50, 0.5, 0.7, 0.2, (0.1, 0.3), 0.01, 12, 2, 0, 0, 0.1, verdict, "exact McNemar")
    )
    return told


def recall_lessons(
    store: Store, record: RunRecord, new: Task, owner: Viewer, *, insiders: bool = False
) -> list[Recalled]:
    return recalled_for(store, record, new, readers(record.place, owner, insiders=insiders))


def run(name: str, place: Place) -> RunRecord:
    return RunRecord(name, "optimize", "done", "alice", place, {}, 1000.0)


def test_only_rounds_that_improved_of_runs_that_ended_better_teach(store: Store):
    for verdict in ("not shown", "worse"):
        assert keep_lessons(store, run(verdict, PUBLIC), task(), events(verdict)) == 0
    assert keep_lessons(store, run("good", PUBLIC), task(), events()) == 2
    assert keep_lessons(store, run("good", PUBLIC), task(), events()) == 0
    rows = store.database.rows("SELECT round, text, gain FROM lessons ORDER BY round")
    assert rows == [(1, "It ignores invoices.", 0.2), (3, "It ignores refunds.", 0.2)]


def test_a_run_in_public_is_not_told_what_a_private_channel_learned(store: Store):
    keep_lessons(store, run("secret", PRIVATE), task(), events())
    new = task("Sort support tickets into teams: {ticket}")
    assert recall_lessons(store, run("open", PUBLIC), new, ALICE) == []
    assert recall_lessons(store, run("elsewhere", Place("T2", "C1", "private")), new, ALICE) == []
    inside = recall_lessons(store, run("inside", PRIVATE), new, ALICE)
    assert texts(inside) == ("It ignores refunds.",)
    assert texts(recall_lessons(store, run("mine", Place("T1", "D1", "dm")), new, ALICE)) == texts(inside)
    outsider = Viewer("bob", "T1")
    assert recall_lessons(store, run("his", Place("T1", "D2", "dm")), new, outsider) == []


def test_among_guests_a_run_is_told_only_what_its_own_channel_learned(store: Store):
    keep_lessons(store, run("elsewhere", Place("T1", "C3", "public")), task(), events())
    new = task("Sort support tickets into teams: {ticket}")
    assert len(recall_lessons(store, run("open", PUBLIC), new, ALICE, insiders=True)) == 1
    assert recall_lessons(store, run("open", PUBLIC), new, ALICE) == []
    keep_lessons(store, run("here", PUBLIC), task(), events())
    assert [one.lesson.run_id for one in recall_lessons(store, run("open", PUBLIC), new, ALICE)] == ["here"]


def test_a_run_kept_for_its_owner_is_told_no_more_than_its_thread_may_show(store: Store):
    keep_lessons(store, run("secret", PRIVATE), task(), events())
    kept = replace(run("mine", PUBLIC), only_me=True)
    assert recall_lessons(store, kept, task("Sort support tickets: {ticket}"), ALICE, insiders=True) == []


def test_a_run_does_not_learn_from_itself(store: Store):
    keep_lessons(store, run("good", PUBLIC), task(), events())
    assert recall_lessons(store, run("good", PUBLIC), task(), ALICE) == []


def test_the_description_of_a_task_holds_goal_prompt_and_labels():
    words = about(task())
    assert all(word in words for word in ("Route support tickets", "{ticket}", "billing", "bug"))


def test_a_store_that_fails_starts_the_run_cold(store: Store, caplog: pytest.LogCaptureFixture):
    store.close()
    assert recall_lessons(store, run("a", PUBLIC), task(), ALICE) == []
    assert keep_lessons(store, run("a", PUBLIC), task(), events()) == 0
    assert "no lesson is recalled" in caplog.text
