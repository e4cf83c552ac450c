"""A run as it is stored: what was asked, by whom, where its thread is, how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from storage.visibility import Place

RunStatus = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: tuple[RunStatus, ...] = ("done", "failed", "cancelled")
MOVED = "moved"
"""The message that a thread hangs on since it left its channel, noted as channel and timestamp."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. Times are seconds since 1970; ``request`` holds plain JSON values and no secrets.

    ``place`` is where it was asked for, which decides who sees it.
    ``message_ts`` names the messages that were posted for it; ``error_ref`` is the reference a
    person was given when it failed.
    """

    id: str
    kind: str
    status: RunStatus
    owner: str
    place: Place
    request: Mapping[str, Any]
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None
    error_ref: str | None = None
    message_ts: Mapping[str, str] = field(default_factory=dict)
    only_me: bool = False

    @property
    def here(self) -> Place:
        """Where its thread is now: where it was asked for, or in the direct messages that it moved to."""
        channel, moved, ts = self.message_ts.get(MOVED, "").partition("/")
        return replace(self.place, channel=channel, kind="dm", thread_ts=ts) if moved else self.place
