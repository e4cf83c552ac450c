"""The backends, the throttle and the calls in flight that all runs of one process share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

from optimizer.model.backend import Backend, open_backend
from optimizer.model.pacing import EvenPacer, Pacer
from optimizer.model.protocol import ModelAnswer
from optimizer.model.settings import ModelSettings
from optimizer.model.throttle import Throttle
from optimizer.model.trace import CallTrace

_CLOSE_SECONDS = 10.0


class ModelPool:
    """Opened inside the event loop that uses it; ``async with ModelPool(settings) as pool``.

    Calls that were already paid for are let to finish (and to reach the journal) when a run is
    cancelled; closing the pool waits for them for up to ten seconds.
    """

    def __init__(
        self,
        settings: ModelSettings,
        open_backend: Callable[[str, ModelSettings], Backend] = open_backend,
        trace: CallTrace | None = None,
        pacer: Pacer | None = None,
    ) -> None:
        self.trace = trace
        self.settings = settings
        self._open_backend = open_backend
        if pacer is None and settings.calls_per_minute is not None:
            pacer = EvenPacer(settings.calls_per_minute)
        self.throttle = Throttle(settings.concurrency, pacer)
        self.in_flight: dict[str, asyncio.Future[None]] = {}
        self._backends: dict[str, Backend] = {}
        self._tasks: set[asyncio.Task[ModelAnswer]] = set()

    def backend(self, name: str) -> Backend:
        """Return the backend of model ``name``, opened on first use.

        Raises:
            ConfigError: no key, or the provider's package is missing.
        """
        if name not in self._backends:
            self._backends[name] = self._open_backend(name, self.settings)
        return self._backends[name]

    async def see_through(self, call: Coroutine[Any, Any, ModelAnswer]) -> ModelAnswer:
        """Run ``call`` to its end even when the caller is cancelled meanwhile."""
        task = asyncio.get_running_loop().create_task(call)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    def _forget(self, task: asyncio.Task[ModelAnswer]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # an error nobody waits for any more is not worth a warning

    async def aclose(self) -> None:
        """Wait for paid calls, then close the connections."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_CLOSE_SECONDS)
            for task in late:
                task.cancel()
        for backend in self._backends.values():
            await backend.aclose()

    async def __aenter__(self) -> ModelPool:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
