"""One pace of model calls for all workers, kept in the database they share."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from storage.shared_database import SharedDatabase

_NAME = "model-calls"
_AHEAD_SECONDS = 0.5


class SharedPacer:
    """Reserves calls for this process, up to half a second's worth at once. Implements ``Pacer``.

    The times are the database's; this process's clock only has to run as fast.
    """

    def __init__(
        self, database: SharedDatabase, per_minute: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._gap = 60.0 / per_minute
        self._at_once = max(1, int(_AHEAD_SECONDS / self._gap))
        self._clock = clock
        self._reserved: deque[float] = deque()
        self._asking = asyncio.Lock()

    async def turn(self) -> float:
        """See ``Pacer.turn``.

        Raises:
            StorageError: the database cannot be reached.
        """
        async with self._asking:
            if not self._reserved:
                wait = await asyncio.to_thread(self._reserve)
                first = self._clock() + wait
                self._reserved.extend(first + number * self._gap for number in range(self._at_once))
            start = self._reserved.popleft()
        return max(0.0, start - self._clock())

    async def hold(self, seconds: float) -> None:
        """See ``Pacer.hold``; every worker that shares the database waits."""
        async with self._asking:
            self._reserved.clear()
            await asyncio.to_thread(self._hold, seconds)

    def _reserve(self) -> float:
        """Reserve the next calls and return after how many seconds the first may start."""
        now = self._database.now()
        taken = self._at_once * self._gap
        with self._database.write() as connection:
            rows = connection.execute(
                "INSERT INTO leases (name, holder, until) VALUES (?, '', ?)"
                " ON CONFLICT (name) DO UPDATE SET until = ? +"
                " CASE WHEN leases.until > ? THEN leases.until ELSE ? END RETURNING until",
                (_NAME, now + taken, taken, now, now),
            ).fetchall()
        return max(0.0, float(rows[0][0]) - taken - now)

    def _hold(self, seconds: float) -> None:
        until = self._database.now() + seconds
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO leases (name, holder, until) VALUES (?, '', ?) ON CONFLICT (name) DO UPDATE"
                " SET until = CASE WHEN leases.until > excluded.until THEN leases.until ELSE excluded.until END",
                (_NAME, until),
            )
