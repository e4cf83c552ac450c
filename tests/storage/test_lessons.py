"""Team memory: lessons of similar tasks come back, and never to somebody who may not see their run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_records import PRIVATE, PUBLIC, run
from test_visibility_rule import CHANNELS, KINDS, TEAMS, USERS, in_plain_words, viewers

from storage.lessons import Lesson
from storage.store import Store
from storage.visibility import Place, Viewer, may_see, readers

BOB = Viewer("bob", "T1")
TICKETS = "Route support tickets\nSort the support ticket: {ticket}\nbilling shipping"


def lesson(name: str, about: str = TICKETS, **changes: Any) -> Lesson:
    values: dict[str, Any] = {
        "id": name,
        "run_id": f"run-{name}",
        "round": 1,
        "text": f"Lesson of {name}.",
        "about": about,
        "metric": "label",
        "gain": 0.1,
        "owner": "alice",
        "place": PUBLIC,
        "only_me": False,
        "created_at": 1000.0,
    }
    return Lesson(**{**values, **changes})


def test_a_lesson_comes_back_unchanged_for_a_similar_task_only(store: Store):
    kept = lesson("a", text="Say 'which' \ud83d wins.", place=Place("T1", "C-open", "public"))
    assert store.lessons.add(kept)
    assert not store.lessons.add(kept)
    (found,) = store.lessons.recall("Sort support tickets into billing and shipping", BOB)
    assert found.lesson == kept
    assert 0.2 < found.similarity <= 1
    assert store.lessons.recall("Write a haiku on autumn rain", BOB) == []
    assert store.lessons.recall("  ", BOB) == []


def test_the_nearest_come_first_then_the_greatest_gain_and_one_of_each_run(store: Store):
    for name, about, gain in (
        ("far", "Sort support letters by country.", 0.5),
        ("small", TICKETS, 0.1),
        ("great", TICKETS, 0.3),
    ):
        store.lessons.add(lesson(name, about, gain=gain))
    store.lessons.add(lesson("great-2", run_id="run-great", round=2, gain=0.3))
    found = [one.lesson.id for one in store.lessons.recall(TICKETS, BOB)]
    assert found == ["great-2", "small", "far"]
    assert [one.lesson.id for one in store.lessons.recall(TICKETS, BOB, 1)] == ["great-2"]
    assert [one.lesson.id for one in store.lessons.recall(TICKETS, BOB, exclude_run="run-great")] == [
        "small",
        "far",
    ]


def test_a_deleted_run_teaches_nothing_any_more(store: Store):
    store.runs.create(run("gone", status="done"))
    store.lessons.add(lesson("a", run_id="gone"))
    assert store.lessons.recall(TICKETS, BOB)
    store.eraser.erase("gone", Viewer("alice", "T1"))
    assert store.lessons.recall(TICKETS, BOB) == []
    assert store.database.rows("SELECT count(*) FROM lesson_vectors") == [(0,)]


def test_many_private_lessons_do_not_hide_the_one_for_all(store: Store):
    for number in range(60):
        store.lessons.add(lesson(f"x{number}", place=PRIVATE))
    store.lessons.add(lesson("open", "Sort some tickets of support, please."))
    assert [one.lesson.id for one in store.lessons.recall(TICKETS, BOB)] == ["open"]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A lesson of every owner, team, channel and kind of place."""
    with Store(tmp_path_factory.mktemp("lessons")) as store:
        with store.database.write():
            for number, case in enumerate(product(USERS, TEAMS, CHANNELS, KINDS, (False, True))):
                owner, team, channel, kind, only_me = case
                place = Place(team, channel, kind)  # type: ignore[arg-type]
                store.lessons.add(lesson(f"l{number}", owner=owner, place=place, only_me=only_me))
        yield store


@settings(max_examples=60, deadline=None)
@given(viewer=viewers)
def test_nobody_is_told_a_lesson_of_a_run_they_may_not_see(full: Store, viewer: Viewer):
    recalled = full.lessons.recall(TICKETS, viewer, 999)
    expected = {
        f"l{number}"
        for number, (owner, team, channel, kind, only_me) in enumerate(
            product(USERS, TEAMS, CHANNELS, KINDS, (False, True))
        )
        if in_plain_words(viewer, owner, Place(team, channel, kind), only_me)
    }
    assert {one.lesson.id for one in recalled} == expected


@settings(max_examples=150, deadline=None)
@given(
    owner=viewers.filter(lambda one: not one.everything),
    place=st.builds(
        Place, team=st.sampled_from(TEAMS), channel=st.sampled_from(CHANNELS), kind=st.sampled_from(KINDS)
    ),
    insiders=st.booleans(),
    reader=viewers.filter(lambda one: not one.everything),
)
def test_what_a_run_is_told_every_reader_of_the_run_may_see(
    full: Store, owner: Viewer, place: Place, insiders: bool, reader: Viewer
):
    """A lesson shows in the run's thread and prompt, so it must not come from where a reader may not look."""
    if not may_see(reader, owner.user, place, only_me=False) or (insiders and reader.guest):
        return
    if (reader.user, reader.team) == (owner.user, owner.team):
        reader = owner  # the same person, in the same channels
    *others, narrowest = readers(place, owner, insiders=insiders)
    for one in full.lessons.recall(TICKETS, narrowest, 999, others=others):
        assert may_see(reader, one.lesson.owner, one.lesson.place, one.lesson.only_me)
