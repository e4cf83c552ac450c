"""The workspace's clock, real or turned by hand in a test."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time used for message stamps, trigger expiry and rate limits."""

    def now(self) -> float:
        """Seconds since the epoch; never goes back."""


class SystemClock:
    """The machine's wall clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()


class HandClock:
    """A clock that stands still until a test turns it."""

    def __init__(self, start: float = 1_750_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """The time it was turned to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Turn the clock forward."""
        if seconds < 0:
            raise ValueError("a clock only goes forward")
        self._now += seconds
