"""When the next call may go out: Slack's rates as declarations, over an injected clock."""

from __future__ import annotations

from dataclasses import dataclass

from bot.config import Pace

POST = "chat.postMessage"
EDIT = "chat.update"
UPLOAD = "files.upload"


@dataclass(slots=True)
class _Bucket:
    """Tokens that refill at ``rate`` a second up to ``size``."""

    rate: float
    size: float
    tokens: float
    at: float

    def ready_at(self, now: float) -> float:
        tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        return now if tokens >= 1 else now + (1 - tokens) / self.rate

    def take(self, now: float) -> None:
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate) - 1
        self.at = now


class Limiter:
    """One per process. Times are seconds of a monotonic clock."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._held: dict[tuple[str, str], float] = {}
        self._edited: dict[str, float] = {}

    def ready_at(
        self, method: str, channel: str, now: float, *, message: str = "", urgent: bool = False
    ) -> float:
        """Return when the call may go out, ``now`` or later.

        ``message`` names the message that an edit changes; an urgent edit need not wait for its spacing.
        """
        scope = self._scope(method, channel)
        ready = max(self._bucket(method, channel, now).ready_at(now), self._held.get(scope, now))
        if method == EDIT and not urgent and message in self._edited:
            ready = max(ready, self._edited[message] + self._pace.edit_spacing)
        return ready

    def took(self, method: str, channel: str, now: float, *, message: str = "") -> None:
        """Note that the call goes out now."""
        self._bucket(method, channel, now).take(now)
        if method == EDIT:
            self._edited[message] = now
            if len(self._edited) > 10_000:
                self._edited.pop(next(iter(self._edited)))

    def hold(self, method: str, channel: str, until: float) -> None:
        """Send nothing of this kind before ``until``: Slack said so."""
        self._held[self._scope(method, channel)] = until

    def _scope(self, method: str, channel: str) -> tuple[str, str]:
        return (method, channel if method == POST else "")

    def _bucket(self, method: str, channel: str, now: float) -> _Bucket:
        scope = self._scope(method, channel)
        if scope not in self._buckets:
            rate, size = self._rate(method)
            self._buckets[scope] = _Bucket(rate, size, size, now)
        return self._buckets[scope]

    def _rate(self, method: str) -> tuple[float, float]:
        if method == POST:
            return 1 / self._pace.post_spacing, float(self._pace.post_burst)
        if method == EDIT:
            return self._pace.edits_per_minute / 60, max(self._pace.edits_per_minute / 4, 1.0)
        return self._pace.calls_per_minute / 60, max(self._pace.calls_per_minute / 4, 1.0)
