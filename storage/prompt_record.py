"""A final prompt as it is kept, and its row in SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from optimizer.holdout_events import Verdict
from storage.text_values import from_column, to_column
from storage.visibility import Place, marks

COLUMNS = (
    "id, run_id, version, title, text, seed_text, owner, team, channel, place_kind, thread_ts, only_me,"
    " verdict, seed_score, final_score, holdout_n, metric, algorithm, created_at, parent, status, status_by,"
    " status_at"
)
"""The columns of ``prompts`` that ``record_from_row`` wants, in order."""

METHOD_METRIC = "evolved-without-failure"
"""What evolving methods are scored by: the share of held-out instructions that they evolve without failure."""

PromptStatus = Literal["draft", "accepted", "superseded", "rejected"]
"""Where a prompt stands: nobody decided, people use it, a later version took its place, people refused it."""


@dataclass(frozen=True, slots=True)
class PromptRecord:
    """One final prompt: version ``version`` (from 1) of what run ``run_id`` made of ``seed_text``.

    Scores (0..1) are those of the held-out test, None when there was none. ``created_at`` and
    ``status_at`` are in seconds since 1970. ``only_me`` hides it from all but its owner. ``parent``
    is the id of the stored prompt it was made from, empty when there is none; ``status_by`` is who
    gave it its status.
    """

    id: str
    run_id: str
    version: int
    title: str
    text: str
    seed_text: str
    owner: str
    place: Place
    only_me: bool
    verdict: Verdict
    seed_score: float | None
    final_score: float | None
    holdout_n: int
    metric: str
    algorithm: str
    created_at: float
    parent: str = ""
    status: PromptStatus = "draft"
    status_by: str = ""
    status_at: float | None = None

    @property
    def is_method(self) -> bool:
        """Whether this is an evolving method for instruction data, and no prompt for a task."""
        return self.metric == METHOD_METRIC


def row_of(record: PromptRecord) -> dict[str, Any]:
    """Return the values of ``record`` by column, with its visibility marks."""
    place = record.place
    return {
        "id": record.id,
        "run_id": record.run_id,
        "version": record.version,
        "title": to_column(record.title),
        "text": to_column(record.text),
        "seed_text": to_column(record.seed_text),
        "owner": record.owner,
        "team": place.team,
        "channel": place.channel,
        "place_kind": place.kind,
        "thread_ts": place.thread_ts,
        "only_me": record.only_me,
        "verdict": record.verdict,
        "seed_score": record.seed_score,
        "final_score": record.final_score,
        "holdout_n": record.holdout_n,
        "metric": record.metric,
        "algorithm": record.algorithm,
        "created_at": record.created_at,
        "parent": record.parent,
        "status": record.status,
        "status_by": record.status_by,
        "status_at": record.status_at,
        **marks(record.owner, place, record.only_me),
    }


def record_from_row(row: tuple[Any, ...]) -> PromptRecord:
    """Rebuild the record from its ``COLUMNS``."""
    (
        record_id,
        run_id,
        version,
        title,
        text,
        seed_text,
        owner,
        team,
        channel,
        kind,
        thread_ts,
        only_me,
        *rest,
    ) = row
    return PromptRecord(
        record_id,
        run_id,
        version,
        from_column(title),
        from_column(text),
        from_column(seed_text),
        owner,
        Place(team, channel, kind, thread_ts),
        bool(only_me),
        *rest,
    )
