"""Bringing slash commands, clicks and events to the app, with Slack's retries for events."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sandbox.workspace.ids import new_id
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.state import WorkspaceState

Kind = Literal["slash_commands", "interactive", "events_api"]


class DeliveryFailed(Exception):
    """The app did not take a delivery. `code` is what the person sees, `reason` goes into the retry."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Retry:
    """Which repetition of a delivery this is, and why it is repeated."""

    number: int
    reason: str


class Carrier(Protocol):
    """One way to the app: Socket Mode or signed HTTP."""

    async def carry(self, kind: Kind, payload: JsonObject, retry: Retry | None) -> JsonObject:
        """Bring a payload to the app and give its answer, empty if it said nothing more than yes.

        Raises DeliveryFailed when the app is not there, refuses, or stays silent for too long.
        """


class Gateway:
    """The workspace's side of the way to the app."""

    def __init__(
        self, state: WorkspaceState, carrier: Carrier, retry_seconds: Sequence[float] = (0.2, 60.0, 300.0)
    ) -> None:
        self._state = state
        self._carrier = carrier
        self._retry_seconds = tuple(retry_seconds)
        self._tasks: set[asyncio.Task[None]] = set()
        self.duplicate_next = 0
        self.delivered: deque[JsonObject] = deque(maxlen=5000)

    async def ask(self, kind: Kind, payload: JsonObject) -> JsonObject:
        """Deliver something that a person waits for; it is tried once. Raises DeliveryFailed."""
        outcome = "ok"
        try:
            return await self._carrier.carry(kind, payload, None)
        except DeliveryFailed as failure:
            outcome = failure.code
            raise
        finally:
            self.delivered.append({"kind": kind, "payload": payload, "outcome": outcome})

    def announce(self, event: JsonObject) -> None:
        """Send an event to the app in the background, repeated if it is not acknowledged."""
        payload = self._wrap(event)
        copies = 1
        if self.duplicate_next > 0:
            self.duplicate_next -= 1
            copies = 2
        for copy in range(copies):
            first = Retry(1, "timeout") if copy else None
            task = asyncio.get_running_loop().create_task(self._deliver_event(payload, first))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _wrap(self, event: JsonObject) -> JsonObject:
        seed = self._state.seed
        authorization = {
            "enterprise_id": seed.enterprise_id or None,
            "team_id": seed.team_id,
            "user_id": seed.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": bool(seed.enterprise_id),
        }
        return {
            "token": "deprecated-verification-token",
            "team_id": self._state.home_of(str(event.get("user") or "")),
            "context_team_id": seed.team_id,
            **({"enterprise_id": seed.enterprise_id} if seed.enterprise_id else {}),
            "api_app_id": seed.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(self._state.clock.now()),
            "authorizations": [authorization],
            "is_ext_shared_channel": self._is_shared(event),
        }

    def _is_shared(self, event: JsonObject) -> bool:
        place = event.get("channel") or (event.get("item") or {}).get("channel")
        channel = self._state.channels.get(place) if isinstance(place, str) else None
        return channel is not None and channel.is_ext_shared

    async def _deliver_event(self, payload: JsonObject, retry: Retry | None) -> None:
        for wait in (*self._retry_seconds, None):
            try:
                await self._carrier.carry("events_api", payload, retry)
            except DeliveryFailed as failure:
                self._note_event(payload, retry, failure.code)
                if wait is None or (failure.code == "app_not_connected" and retry is None):
                    return  # out of tries, or nobody was there to hear it the first time
                retry = Retry(retry.number + 1 if retry else 1, failure.reason)
                await asyncio.sleep(wait)
            else:
                self._note_event(payload, retry, "ok")
                return

    def _note_event(self, payload: JsonObject, retry: Retry | None, outcome: str) -> None:
        self.delivered.append(
            {
                "kind": "events_api",
                "payload": payload,
                "outcome": outcome,
                "retry": retry.number if retry else 0,
            }
        )

    async def close(self) -> None:
        """Stop what is still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
