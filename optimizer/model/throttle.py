"""Bounds the calls in flight and makes everybody wait when the provider says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from optimizer.model.pacing import Pacer


class Throttle:
    """At most ``concurrency`` calls at once over all runs, and a common pause after Retry-After.

    A ``pacer`` bounds how many calls start per minute, here and wherever else it is shared.
    """

    def __init__(self, concurrency: int, pacer: Pacer | None = None) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._pacer = pacer
        self._paused_until = 0.0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places while a call is on its way."""
        async with self._slots:
            loop = asyncio.get_running_loop()
            while (wait := self._paused_until - loop.time()) > 0:  # noqa: ASYNC110 - it may be prolonged
                await asyncio.sleep(wait)
            if self._pacer is not None:
                await asyncio.sleep(await self._pacer.turn())
            yield

    async def pause(self, seconds: float) -> None:
        """Let no further call start for ``seconds``."""
        if self._pacer is not None:
            await self._pacer.hold(seconds)
        until = asyncio.get_running_loop().time() + seconds
        self._paused_until = max(self._paused_until, until)
