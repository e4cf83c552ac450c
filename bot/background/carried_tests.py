"""Verdicts that a run's ancestors gave, carried to it: on the same held-out rows its own test must be stricter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.earlier_tests import EarlierTest, from_stored, to_stored, with_test
from optimizer.errors import InputError
from optimizer.events import Event
from optimizer.holdout_events import HoldoutTested
from storage.runs import RunRecord
from storage.store import Store
from storage.visibility import Viewer

STORED_AS = "earlier_tests"
"""Where a request holds them."""


def tests_known_to(request: Mapping[str, Any]) -> tuple[EarlierTest, ...]:
    """The tests before a run, as its request holds them."""
    return from_stored(request.get(STORED_AS) or ())


def tests_after(run: RunRecord, events: Sequence[Event]) -> tuple[EarlierTest, ...]:
    """The tests before a run and its own, from its history."""
    tested = next((event for event in reversed(events) if isinstance(event, HoldoutTested)), None)
    return with_test(tests_known_to(run.request), tested)


def with_tests_of_parent(store: Store, request: Mapping[str, Any], team: str) -> Mapping[str, Any]:
    """Return a request with the tests that led to the prompt which it starts from."""
    try:
        parent = store.prompts.get(str(request.get("parent") or ""), Viewer("", team, everything=True))
        run = store.runs.get(parent.run_id)
    except InputError:
        return request
    if run.place.team != team:
        return request
    known = tests_after(run, store.runs.events(run.id))
    return {**request, STORED_AS: to_stored(dict.fromkeys((*tests_known_to(request), *known)))}
