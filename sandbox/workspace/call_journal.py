"""The journal of the app's Web API calls, for tests to read."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass

from sandbox.workspace.json_types import JsonObject

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call: when (seconds since the epoch), what, and how it ended."""

    at: float
    method: str
    args: JsonObject
    ok: bool
    error: str
    status: int


class CallJournal:
    """The latest calls, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[CallRecord] = deque(maxlen=KEPT)

    def note(self, record: CallRecord) -> None:
        """Add a call."""
        self._calls.append(record)

    def calls(self, method: str = "") -> list[CallRecord]:
        """All calls, or those of one method."""
        return [one for one in self._calls if method in ("", one.method)]

    def as_json(self, method: str = "") -> list[JsonObject]:
        """The calls as JSON objects."""
        return [asdict(one) for one in self.calls(method)]

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
