"""What people wished for a result: said of its prompt, or of the run itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage.reviews import Review
from storage.visibility import Viewer

if TYPE_CHECKING:
    from storage.prompt_record import PromptRecord
    from storage.store import Store


def wishes_for_prompt(store: Store, record: PromptRecord, viewer: Viewer) -> list[Review]:
    """Return the wishes for a kept prompt and for its run, oldest first.

    Raises:
        InputError: ``viewer`` may not see the prompt.
        StorageError: the database fails.
    """
    said = [*store.prompts.reviews(record.id, viewer), *store.run_reviews.of(record.run_id)]
    return _wishes(sorted(said, key=lambda one: one.at))


def wishes_for_run(store: Store, run_id: str) -> list[Review]:
    """Return the wishes for a run that left no prompt, oldest first; whoever calls has checked that it may be seen."""
    return _wishes(store.run_reviews.of(run_id))


def _wishes(reviews: Sequence[Review]) -> list[Review]:
    return [one for one in reviews if one.kind == "request_changes" and one.text.strip()]
