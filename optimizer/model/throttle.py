"""Bounds the calls in flight and makes everybody wait when the provider says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Throttle:
    """At most ``concurrency`` calls at once over all runs, and a common pause after Retry-After."""

    def __init__(self, concurrency: int) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._paused_until = 0.0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places while a call is on its way."""
        async with self._slots:
            loop = asyncio.get_running_loop()
            while (wait := self._paused_until - loop.time()) > 0:  # noqa: ASYNC110 - it may be prolonged
                await asyncio.sleep(wait)
            yield

    def pause(self, seconds: float) -> None:
        """Let no further call start for ``seconds``."""
        until = asyncio.get_running_loop().time() + seconds
        self._paused_until = max(self._paused_until, until)
