"""Versions of a prompt, where each stands, and what people said of it."""

from __future__ import annotations

import pytest
from storage_records import PRIVATE, PUBLIC, prompt

from optimizer.errors import InputError
from storage.prompts import PromptLibrary
from storage.store import Store
from storage.visibility import Viewer

ALICE = Viewer("alice", "T1", frozenset({"C-lab"}))
BOB = Viewer("bob", "T1")


def three_versions(store: Store) -> PromptLibrary:
    """A first prompt, one that another run made from it, and one that a private run made from that."""
    library = store.prompts
    library.add(prompt("first", created_at=1.0))
    library.add(prompt("second", created_at=2.0, parent="first"))
    library.add(prompt("hidden", created_at=3.0, parent="second", place=PRIVATE))
    return library


def test_versions_across_runs_are_found_from_any_of_them(store: Store):
    library = three_versions(store)
    library.add(prompt("again", run_id="run-second", version=2, created_at=4.0))
    library.add(prompt("other"))
    for name in ("first", "second", "hidden", "again"):
        assert [one.id for one in library.versions(name, ALICE)] == ["first", "second", "hidden", "again"]
    assert [one.id for one in library.versions("second", BOB)] == ["first", "second", "again"]
    assert [one.id for one in library.versions("other", BOB)] == ["other"]
    with pytest.raises(InputError, match="no prompt"):
        library.versions("hidden", BOB)


def test_an_accepted_prompt_supersedes_the_one_accepted_before(store: Store):
    library = three_versions(store)
    assert library.get("first", BOB).status == "draft"
    assert library.set_status("first", "accepted", BOB).status == "accepted"
    second = library.set_status("second", "accepted", ALICE)
    assert (second.status, second.status_by) == ("accepted", "alice")
    assert second.status_at is not None
    first = library.get("first", BOB)
    assert (first.status, first.status_by) == ("superseded", "alice")


def test_what_few_people_see_does_not_supersede_what_all_see(store: Store):
    library = three_versions(store)
    library.add(prompt("mine", parent="first", place=PUBLIC, only_me=True))
    library.set_status("second", "accepted", ALICE)
    library.set_status("hidden", "accepted", ALICE)
    library.set_status("mine", "accepted", ALICE)
    assert library.get("second", BOB).status == "accepted"
    assert library.get("hidden", ALICE).status == "accepted"


def test_a_decision_is_remembered_with_who_when_and_why(store: Store):
    library = three_versions(store)
    library.review("first", "request_changes", BOB, "Name the \ud83d labels.")
    assert library.get("first", BOB).status == "draft"
    library.review("first", "reject", ALICE)
    assert library.get("first", BOB).status == "rejected"
    library.review("first", "accept", BOB, "Works for us.")
    assert library.get("first", BOB).status == "accepted"
    said = library.reviews("first", BOB)
    assert [(one.reviewer, one.kind, one.text) for one in said] == [
        ("bob", "request_changes", "Name the \ud83d labels."),
        ("alice", "reject", ""),
        ("bob", "accept", "Works for us."),
    ]
    assert said[0].at <= said[1].at <= said[2].at


def test_of_each_person_the_last_vote_counts(store: Store):
    library = three_versions(store)
    for kind, viewer in (("up", ALICE), ("up", BOB), ("down", BOB)):
        library.review("first", kind, viewer)
    votes = library.votes("first", BOB)
    assert (votes.up, votes.down) == (1, 1)


def test_nobody_reviews_what_they_cannot_see(store: Store):
    library = three_versions(store)
    for attempt in (
        lambda: library.review("hidden", "up", BOB),
        lambda: library.set_status("hidden", "accepted", BOB),
        lambda: library.reviews("hidden", BOB),
        lambda: library.votes("hidden", BOB),
    ):
        with pytest.raises(InputError, match="no prompt"):
            attempt()
    assert library.reviews("hidden", ALICE) == []


def test_a_secret_in_a_review_is_refused_and_leaves_no_status(store: Store):
    library = three_versions(store)
    with pytest.raises(InputError, match="secret"):
        library.review("first", "accept", BOB, "key sk-abcdefghijklmnop1234567890")
    assert library.get("first", BOB).status == "draft"
    assert library.reviews("first", BOB) == []
