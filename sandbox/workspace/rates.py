"""Slack's rate limits: tiers per method and the pace of posting into one channel."""

from __future__ import annotations

import math
from collections import deque
from enum import Enum

from sandbox.workspace.clock import Clock

WINDOW_SECONDS = 60.0
POST_BURST = 5
POSTS_PER_SECOND = 1.0


class Tier(Enum):
    """How many calls of one method a minute allows. `POSTING` counts per channel, one a second."""

    ONE = 10
    TWO = 20
    THREE = 50
    FOUR = 100
    SPECIAL = 600
    POSTING = 0


class RateLimits:
    """Counts the calls of each token and method. Tier one allows some burst, as Slack says it does."""

    def __init__(self, clock: Clock, *, enabled: bool = True) -> None:
        self._clock = clock
        self.enabled = enabled
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self._posts: dict[tuple[str, str], tuple[float, float]] = {}

    def wait_for(self, token: str, method: str, tier: Tier, channel: str = "") -> int | None:
        """None if the call is allowed (it is counted then), else whole seconds to wait."""
        if not self.enabled:
            return None
        if tier is Tier.POSTING:
            return self._post(token, channel)
        return self._call(token, method, tier.value)

    def _call(self, token: str, method: str, allowed: int) -> int | None:
        now = self._clock.now()
        calls = self._calls.setdefault((token, method), deque())
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= allowed:
            return max(1, math.ceil(calls[0] + WINDOW_SECONDS - now))
        calls.append(now)
        return None

    def _post(self, token: str, channel: str) -> int | None:
        now = self._clock.now()
        left, since = self._posts.get((token, channel), (float(POST_BURST), now))
        left = min(float(POST_BURST), left + (now - since) * POSTS_PER_SECOND)
        if left < 1:
            self._posts[token, channel] = (left, now)
            return max(1, math.ceil((1 - left) / POSTS_PER_SECOND))
        self._posts[token, channel] = (left - 1, now)
        return None
