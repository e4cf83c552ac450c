"""The `response_url`s given to the app and what may still be done with each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sandbox.workspace.clock import Clock
from sandbox.workspace.errors import ApiError

MOST_USES = 5
LIFE_SECONDS = 30 * 60


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer goes: a channel, one person, and the message that was acted on, if any."""

    channel: str
    user: str
    message_ts: str | None
    thread_ts: str | None
    made_at: float
    uses: int = 0


class ResponseUrls:
    """Gives out response URLs and counts their uses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._given: dict[str, ResponseUrl] = {}

    def issue(
        self, channel: str, user: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """The secret path part of a new response URL."""
        key = secrets.token_urlsafe(18)
        self._given[key] = ResponseUrl(channel, user, message_ts, thread_ts, self._clock.now())
        return key

    def use(self, key: str) -> ResponseUrl:
        """Use a URL once. Raises ApiError: expired_url (after 30 minutes), used_url (after 5 uses)."""
        given = self._given.get(key)
        if given is None or self._clock.now() - given.made_at > LIFE_SECONDS:
            raise ApiError("expired_url")
        if given.uses >= MOST_USES:
            raise ApiError("used_url")
        given.uses += 1
        return given
