"""Faults that can be switched on: latency, held answers, errors, rate limits, cut connections, spoilt answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from sandbox.model.chat_format import BadRequest, Choice
from sandbox.model.dice import chance

Trouble = Literal["rate_limit", "error", "cut"]

REFUSAL = "I'm sorry, but I can't help with that."


@dataclass(frozen=True, slots=True)
class FaultSettings:
    """What goes wrong, how often. Rates are shares of requests, 0 to 1.

    ``latency_ms`` is the time to an answer; ``jitter`` spreads it by that share up and down.
    ``hold_after`` is how many more replies to chat requests go out, from when it is set; all further
    ones are held until it is set anew (-1: none is held). So a test stops a run at a call of its
    choice, however fast the machine is.
    ``rate_limit_rps`` is the number of chat requests per second that are let through (0: no limit),
    ``retry_after`` the seconds that a 429 tells the client to wait. Errors and cut connections are
    drawn anew for each attempt; garbled, refused and truncated answers are a property of the
    request, so that a repeated request gets the same answer again. ``require_key``: any other
    API key is refused with 401 (empty: every key is taken).
    """

    latency_ms: float = 0.0
    jitter: float = 0.0
    hold_after: float = -1.0
    error_rate: float = 0.0
    rate_limit_rps: float = 0.0
    retry_after: float = 1.0
    cut_rate: float = 0.0
    garble_rate: float = 0.0
    refuse_rate: float = 0.0
    truncate_rate: float = 0.0
    require_key: str = ""

    def __post_init__(self) -> None:
        for name in ("error_rate", "cut_rate", "garble_rate", "refuse_rate", "truncate_rate", "jitter"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be between 0 and 1")
        for name in ("latency_ms", "rate_limit_rps", "retry_after"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must not be negative")
        if not -1 <= self.hold_after < float("inf"):
            raise ValueError("hold_after must be -1 or more")


def changed_settings(settings: FaultSettings, changes: dict[str, Any]) -> FaultSettings:
    """Return the settings with some fields replaced.

    Raises:
        BadRequest: an unknown field or a value out of range.
    """
    known = {field.name: field.type for field in fields(FaultSettings)}
    unknown = [name for name in changes if name not in known]
    if unknown:
        raise BadRequest(f"Unknown setting {unknown[0]!r}; known are {', '.join(known)}.", unknown[0])
    try:
        typed = {
            name: str(value) if name == "require_key" else float(value) for name, value in changes.items()
        }
        return replace(settings, **typed)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise BadRequest(f"A setting has a value that does not fit: {error}.") from None


class HoldGate:
    """Lets so many replies out and holds the rest; used on one event loop."""

    def __init__(self, hold_after: float) -> None:
        self._changed = asyncio.Event()
        self.set(hold_after)

    def set(self, hold_after: float) -> None:
        """Let ``hold_after`` more replies out, those that wait first; -1 lets all out."""
        self._left = hold_after
        self._changed.set()

    async def opened(self) -> None:
        """Wait until a reply may go out; without an await in between it is then counted by ``take``."""
        while 0 <= self._left < 1:
            self._changed.clear()
            await self._changed.wait()

    def take(self) -> None:
        """Count a reply that goes out."""
        if self._left > 0:
            self._left -= 1


class RateGate:
    """A token bucket over chat requests; time is passed in, in seconds."""

    def __init__(self) -> None:
        self._tokens = 0.0
        self._last: float | None = None

    def admits(self, per_second: float, now: float) -> bool:
        """Take a token if there is one. At most one second's worth of requests can burst."""
        room = max(1.0, per_second)
        if self._last is None:
            self._tokens = room
        else:
            self._tokens = min(room, self._tokens + (now - self._last) * per_second)
        self._last = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def transport_trouble(settings: FaultSettings, content_hash: str, attempt: int, seed: int) -> Trouble | None:
    """Decide whether this attempt at a request fails on the way; a later attempt may go through."""
    draw = chance("transport", seed, content_hash, attempt)
    if draw < settings.error_rate:
        return "error"
    if draw < settings.error_rate + settings.cut_rate:
        return "cut"
    return None


def delay_seconds(settings: FaultSettings, content_hash: str, attempt: int, seed: int) -> float:
    """Return how long this attempt takes to answer."""
    spread = settings.jitter * (2 * chance("delay", seed, content_hash, attempt) - 1)
    return settings.latency_ms / 1000 * (1 + spread)


def spoil(settings: FaultSettings, choice: Choice, content_hash: str, sample: int, seed: int) -> Choice:
    """Return the choice, or what a bad answer to the same request looks like."""
    if not (settings.refuse_rate or settings.truncate_rate or settings.garble_rate):
        return choice
    draw = chance("spoil", seed, content_hash, sample)
    if draw < settings.refuse_rate:
        return Choice(REFUSAL, "stop", refusal=chance("refusal", content_hash) < 0.5)
    draw -= settings.refuse_rate
    if draw < settings.truncate_rate:
        return Choice(choice.text[: len(choice.text) // 2], "length")
    draw -= settings.truncate_rate
    if draw < settings.garble_rate:
        return Choice(_garbled(choice.text, content_hash), "stop")
    return choice


def _garbled(text: str, content_hash: str) -> str:
    """Return a text that is neither a label nor JSON any more."""
    kind = int(chance("garble", content_hash) * 3)
    if kind == 0:
        return ""
    if kind == 1:
        return text.replace('"', "", 1).replace("]", ",", 1)[::-1]
    return "\ufffd\ufffd" + "".join(chr(0x2500 + ord(letter) % 64) for letter in text[:40])
