"""A run as an async iterator of its events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from optimizer.config import OptimizeConfig
from optimizer.control import RunControl
from optimizer.events import Event
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import Journal
from optimizer.model.settings import ModelSettings
from optimizer.run import Result, run_optimization
from optimizer.task import Task


class RunStream:
    """``async for event in stream`` gives the run's events; ``await stream.result()`` its result.

    The run starts with the first event that is asked for. Leaving the loop early stops the run; paid
    calls in flight still reach the journal.
    """

    def __init__(
        self,
        task: Task,
        config: OptimizeConfig,
        models: ModelSettings | ModelPool,
        *,
        run_id: str = "",
        journal: Journal | None = None,
        control: RunControl | None = None,
    ) -> None:
        self.control = control or RunControl()
        self._task, self._config, self._models = task, config, models
        self._run_id, self._journal = run_id, journal
        self._running: asyncio.Task[Result] | None = None

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Start the run and yield its events in order."""
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        running = asyncio.create_task(
            run_optimization(
                self._task,
                self._config,
                self._models,
                run_id=self._run_id,
                journal=self._journal,
                on_event=events.put_nowait,
                control=self.control,
            )
        )
        self._running = running
        running.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                yield event
        finally:
            if not running.done():
                self.control.cancel()
                await asyncio.wait([running])

    async def result(self) -> Result:
        """Return the result, running to the end first if need be.

        Raises:
            The errors of ``run_optimization``.
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
) -> RunStream:
    """Return a run whose events can be iterated; arguments as for ``run_optimization``."""
    return RunStream(task, config, models, run_id=run_id, journal=journal, control=control)
