"""The posters of all workspaces."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from bot.config import Pace
from bot.slack.clients import Clients
from bot.slack.once import Once
from bot.slack.poster import CountCall, Poster


class Posters:
    """A poster for each workspace: their paces, queues and waits have nothing to do with each other."""

    def __init__(
        self,
        clients: Clients,
        pace: Pace | None = None,
        *,
        once: Once | None = None,
        count: CountCall = lambda method, outcome: None,
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        self._count = count
        self._may = may
        self._clients = clients
        self._pace = pace
        self._once = once
        self._lock = threading.Lock()
        self._posters: dict[str, Poster] = {}
        self._closed = False

    def of(self, team: str) -> Poster:
        """Return the poster of a workspace."""
        with self._lock:
            poster = self._posters.get(team)
            if poster is None:
                poster = Poster(
                    self._clients, team, self._pace, once=self._once, count=self._count, may=self._may
                )
                if self._closed:
                    poster.end()
                self._posters[team] = poster
            return poster

    @property
    def waiting(self) -> int:
        """How many calls wait to be made, in all workspaces."""
        with self._lock:
            return sum(poster.waiting for poster in self._posters.values())

    def close(self, timeout: float = 10.0) -> None:
        """Send what waits, for at most ``timeout`` seconds in all, and end the threads."""
        with self._lock:
            self._closed = True
            posters = list(self._posters.values())
        until = time.monotonic() + timeout
        for poster in posters:
            poster.end()
        for poster in posters:
            poster.close(max(0.0, until - time.monotonic()))
