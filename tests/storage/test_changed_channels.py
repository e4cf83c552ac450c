"""A channel that became private takes along what was made in it, for every way of finding it; and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from storage_records import PUBLIC, prompt, run

from storage.lessons import Lesson
from storage.store import Store
from storage.visibility import Viewer

OUTSIDER, MEMBER = Viewer("bob", "T1"), Viewer("carol", "T1", frozenset({"C-open"}))
OWNER, EVERYTHING = Viewer("alice", "T1"), Viewer("", "", everything=True)
WORDS = "Sort support tickets by topic."


def fill(store: Store) -> None:
    for name, place, only_me in (
        ("p1", PUBLIC, False),
        ("mine", PUBLIC, True),
        ("else", replace(PUBLIC, channel="C-else"), False),
        ("far", replace(PUBLIC, team="T2"), False),
    ):
        store.runs.create(run(f"run-{name}", place=place, only_me=only_me))
        store.prompts.add(prompt(name, WORDS, place=place, only_me=only_me))
        store.lessons.add(
            Lesson(f"l-{name}", f"run-{name}", 1, "Look.", WORDS, "label", 0.1, "alice", place, only_me, 1.0)
        )


def seen(store: Store, viewer: Viewer) -> set[str]:
    """All ids that any way of asking shows; all ways must agree on prompts."""
    listed = {one.id for one in store.prompts.recent(viewer, 50)}
    assert {one.record.id for one in store.prompts.search(WORDS, viewer, 50)} == listed
    assert {one.record.id for one in store.prompts.similar(WORDS, viewer, 50)} == listed
    runs = {one.id.removeprefix("run-") for one in store.runs.recent(viewer, 50)}
    lessons = {one.lesson.id.removeprefix("l-") for one in store.lessons.recall(WORDS, viewer, 50)}
    assert runs == lessons == listed
    return listed


def test_what_was_public_is_for_members_alone_and_comes_back(store: Store):
    fill(store)
    assert seen(store, OUTSIDER) == seen(store, MEMBER) == {"p1", "else"}
    assert store.places.follow("T1", "C-open", "private")
    assert not store.places.follow("T1", "C-open", "private")
    assert seen(store, OUTSIDER) == {"else"}
    assert seen(store, MEMBER) == {"p1", "else"}
    assert seen(store, OWNER) == {"p1", "mine", "else"}
    assert store.prompts.get("p1", OWNER).place.kind == "private"
    assert store.places.follow("T1", "C-open", "public")
    assert seen(store, OUTSIDER) == {"p1", "else"}


def test_the_chroma_index_follows_too(store: Store):
    pytest.importorskip("chromadb")
    fill(store)
    assert len(store.prompts.search(WORDS, EVERYTHING, 50)) == 4
    index = store.prompts._index
    vector = store.prompts._vectors.embedder.embed([WORDS])[0]
    before = index.nearest(vector, OUTSIDER, 10)
    store.places.follow("T1", "C-open", "private")
    assert before is not None
    assert len(before) == 2
    assert len(index.nearest(vector, OUTSIDER, 10) or ()) == 1
    assert len(store.prompts.search(WORDS, EVERYTHING, 50)) == 4


def test_what_is_kept_is_known_by_channel(tmp_path: Path, store: Store):
    fill(store)
    store.runs.create(run("dm", place=replace(PUBLIC, channel="D1", kind="dm")))
    store.places.follow("T1", "C-else", "private")
    assert store.places.kept("T1") == {"C-open": "public", "C-else": "private"}
    assert store.places.kept("T2") == {"C-open": "public"}
    assert set(store.places.teams()) == {"T1", "T2"}


def test_a_prompt_that_outlived_its_run_is_known_too(store: Store):
    fill(store)
    with store.database.write() as connection:
        for table in ("run_files", "run_messages", "events"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM runs")
        connection.execute("DELETE FROM lessons")
    assert store.places.kept("T1") == {"C-open": "public", "C-else": "public"}
