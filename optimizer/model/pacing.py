"""How many calls a minute may start: an even pace, and who keeps it."""

from __future__ import annotations

import asyncio
from typing import Protocol


class Pacer(Protocol):
    """Keeps the pace of all calls that share it. Lives on one event loop per instance."""

    async def turn(self) -> float:
        """Reserve the next call and return after how many seconds it may start."""
        ...

    async def hold(self, seconds: float) -> None:
        """Let nothing that is not reserved yet start for ``seconds``: the provider said so."""
        ...


class EvenPacer:
    """Paces the calls of one process. Implements ``Pacer``."""

    def __init__(self, per_minute: float) -> None:
        self._gap = 60.0 / per_minute
        self._next = 0.0

    async def turn(self) -> float:
        """See ``Pacer.turn``."""
        now = asyncio.get_running_loop().time()
        start = max(now, self._next)
        self._next = start + self._gap
        return start - now

    async def hold(self, seconds: float) -> None:
        """See ``Pacer.hold``."""
        self._next = max(self._next, asyncio.get_running_loop().time() + seconds)
