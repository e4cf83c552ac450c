"""Trigger ids: the app's short, single-use permission to open a view."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sandbox.workspace.clock import Clock
from sandbox.workspace.errors import ApiError

LIFE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a person did: who, in which channel, and in which view if it was in one."""

    user: str
    channel: str | None
    view_id: str | None
    made_at: float


class TriggerBook:
    """Gives out triggers and takes them back once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[str, Trigger] = {}
        self._used: set[str] = set()

    def issue(self, user: str, *, channel: str | None = None, view_id: str | None = None) -> str:
        """A new trigger id."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._open[trigger_id] = Trigger(user, channel, view_id, self._clock.now())
        return trigger_id

    def knows(self, trigger_id: str) -> bool:
        """Whether this trigger can still be used here."""
        return trigger_id in self._open

    def redeem(self, trigger_id: str) -> Trigger:
        """The trigger behind an id, which is used up by this.

        Raises ApiError: exchanged_trigger_id (second use), expired_trigger_id (older than 3 s),
        invalid_trigger_id (never given out).
        """
        if trigger_id in self._used:
            raise ApiError("exchanged_trigger_id")
        trigger = self._open.pop(trigger_id, None)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if self._clock.now() - trigger.made_at > LIFE_SECONDS:
            self._open[trigger_id] = trigger
            raise ApiError("expired_trigger_id")
        self._used.add(trigger_id)
        return trigger
