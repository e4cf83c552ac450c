"""What a run from a terminal keeps when it goes on after its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.runs import RunRecord
    from storage.store import Store


def remember_tests(store: Store, run: RunRecord) -> RunRecord:
    """Keep what was tested by a run that searches on after its end: the same rows cannot be new to it again.

    One that does the same once more comes to the same test, which is no second look.
    """
    from bot.background.carried_tests import STORED_AS, tests_after
    from optimizer.earlier_tests import to_stored

    known = to_stored(tests_after(run, store.runs.events(run.id)))
    grown = replace(run, request={**run.request, STORED_AS: known})
    store.runs.set_request(run.id, grown.request)
    return grown
