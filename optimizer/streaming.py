"""A run as an async iterator of its events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Generic, TypeVar

from optimizer.config import OptimizeConfig
from optimizer.control import RunControl
from optimizer.events import Event, EventSink
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import Journal
from optimizer.model.settings import ModelSettings
from optimizer.run import Result, run_optimization
from optimizer.task import Task

ResultT = TypeVar("ResultT")


class RunStream(Generic[ResultT]):
    """``async for event in stream`` gives the run's events; ``await stream.result()`` its result.

    The run starts with the first event that is asked for. Leaving the loop early stops the run; paid
    calls in flight still reach the journal. ``run`` is told where the events go and who steers.
    """

    def __init__(
        self,
        run: Callable[[EventSink, RunControl], Coroutine[Any, Any, ResultT]],
        control: RunControl | None = None,
    ) -> None:
        self.control = control or RunControl()
        self._run = run
        self._running: asyncio.Task[ResultT] | None = None

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Start the run and yield its events in order."""
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        running = asyncio.create_task(self._run(events.put_nowait, self.control))
        self._running = running
        running.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                yield event
        finally:
            if not running.done():
                self.control.cancel()
                await asyncio.wait([running])

    async def result(self) -> ResultT:
        """Return the result, running to the end first if need be.

        Raises:
            The errors of the run.
        """
        if self._running is None:
            async for _ in self:
                pass
        if self._running is None:
            raise RuntimeError("The run did not start.")
        return await self._running


def stream_optimization(
    task: Task,
    config: OptimizeConfig,
    models: ModelSettings | ModelPool,
    *,
    run_id: str = "",
    journal: Journal | None = None,
    control: RunControl | None = None,
) -> RunStream[Result]:
    """Return a run whose events can be iterated; arguments as for ``run_optimization``."""

    def run(on_event: EventSink, control: RunControl) -> Coroutine[Any, Any, Result]:
        return run_optimization(
            task, config, models, run_id=run_id, journal=journal, on_event=on_event, control=control
        )

    return RunStream(run, control)
