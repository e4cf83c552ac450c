"""A run as it is stored: what was asked, by whom, where its thread is, how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from storage.visibility import Place

RunStatus = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. Times are seconds since 1970; ``request`` holds plain JSON values and no secrets.

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
