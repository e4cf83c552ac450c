"""The run service: one event loop in a thread of its own in which all runs live."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.background.desk import Desk, RunView
from bot.background.kinds import all_kinds
from bot.background.recorder import Recorder, RunTape
from bot.background.run_files import KeptFiles
from bot.background.run_work import Means, RunWork
from bot.background.trouble import explain
from optimizer.config import Budget
from optimizer.control import RunControl
from optimizer.errors import PromptbeamError
from optimizer.events import Event, Progress
from optimizer.model.pool import ModelPool
from optimizer.model.settings import ModelSettings
from storage.runs import RunRecord
from storage.store import Store

logger = logging.getLogger(__name__)

STOP_MARK = "stop"
"""Name under which a wish to stop is stored with the run, so that it outlives a restart."""


@dataclass(slots=True)
class _Live:
    """A run that this process works on."""

    control: RunControl
    view: RunView[Any, Any]
    task: asyncio.Task[None]


class RunService:
    """Takes runs up, at most ``max_runs`` at once and in the order they came, and sees them through.

    Everything a run needs is in the store; after a crash ``start`` takes up what was not finished,
    and the journal answers the calls that were paid.
    """

    def __init__(
        self,
        store: Store,
        models: ModelSettings,
        desk: Desk,
        *,
        max_runs: int = 4,
        budget: Budget | None = None,
    ) -> None:
        self._store = store
        self._models = models
        self._desk = desk
        self._max_runs = max_runs
        self._kinds = all_kinds(budget or Budget())
        self._recorder = Recorder()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="runs", daemon=True)
        self._live: dict[str, _Live] = {}
        self._waiting = 0
        self._closing = False
        self._slots: asyncio.Semaphore | None = None
        self._pool: ModelPool | None = None
        self._warming: asyncio.Task[None] | None = None

    @property
    def models(self) -> ModelSettings:
        """Where the runs' model calls go."""
        return self._models

    def start(self) -> None:
        """Start the loop and take up every run that is not finished."""
        self._thread.start()
        self._call(self._open())
        for run in self._store.runs.unfinished():
            if run.kind in self._kinds and run.place.kind != "terminal":
                self.submit(run.id)

    def submit(self, run_id: str) -> None:
        """Take up the stored run ``run_id`` soon; a run that is under way already is left alone."""
        self._loop.call_soon_threadsafe(self._take_up, run_id)

    def stop(self, run_id: str) -> bool:
        """Ask a run to stop; False when this process does not work on it."""
        live = self._live.get(run_id)
        if live is None:
            return False
        self._store.runs.set_message(run_id, STOP_MARK, "asked")
        live.view.stopping()
        live.control.cancel()
        return True

    def feedback(self, run_id: str, text: str, author: str) -> bool:
        """Pass a person's words to a run: its next round takes them; False when it is not under way here."""
        return self._steer(run_id, lambda control: control.add_feedback(text, author))

    def pause(self, run_id: str) -> bool:
        """Let the run start no further model call until ``resume``; False when it is not under way here."""
        return self._steer(run_id, RunControl.pause)

    def resume(self, run_id: str) -> bool:
        """Go on with a paused run; False when it is not under way here."""
        return self._steer(run_id, RunControl.resume)

    def extend(self, run_id: str, rounds: int) -> bool:
        """Grant a run further rounds; False when it is not under way here."""
        return self._steer(run_id, lambda control: control.extend(rounds))

    def _steer(self, run_id: str, act: Callable[[RunControl], None]) -> bool:
        live = self._live.get(run_id)
        if live is None:
            return False
        act(live.control)
        return True

    def is_live(self, run_id: str) -> bool:
        """Whether this process works on the run."""
        return run_id in self._live

    def close(self) -> None:
        """Leave all runs where they are (they go on with the next start) and end the threads."""
        if not self._thread.is_alive():
            return
        self._call(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._recorder.close()
        if not self._thread.is_alive():
            self._loop.close()

    def _call(self, step: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(step, self._loop).result(timeout=45)

    async def _open(self) -> None:
        self._slots = asyncio.Semaphore(self._max_runs)
        self._pool = await ModelPool(self._models).__aenter__()
        self._warming = self._loop.create_task(asyncio.to_thread(self._warm))

    def _warm(self) -> None:
        """Open the search index now, so that the first search need not wait for it."""
        try:
            self._store.prompts.prepare()
        except PromptbeamError as error:
            logger.warning("the search index is not ready: %s", error.message)

    async def _shut(self) -> None:
        self._closing = True
        live = list(self._live.values())
        for run in live:
            run.task.cancel()
        await asyncio.gather(*(run.task for run in live), return_exceptions=True)
        if self._warming is not None:
            await asyncio.wait({self._warming}, timeout=15)
        if self._pool is not None:
            await self._pool.__aexit__(None, None, None)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._loop.shutdown_default_executor(), timeout=10)

    def _take_up(self, run_id: str) -> None:
        if run_id in self._live or self._closing:
            return
        try:
            run = self._store.runs.get(run_id)
            view = self._desk.view(run)
        except Exception:
            logger.exception("run %s cannot be taken up", run_id)
            return
        control = RunControl()
        if run.message_ts.get(STOP_MARK):
            control.cancel()
        task = self._loop.create_task(self._see_through(run, view, control), name=run_id)
        self._live[run_id] = _Live(control, view, task)

    async def _see_through(self, run: RunRecord, view: RunView[Any, Any], control: RunControl) -> None:
        tape = RunTape(self._store.runs, run.id, view.show, control.cancel)
        try:
            await asyncio.wrap_future(view.open())
            await self._work(run, view, control, tape)
        except asyncio.CancelledError:
            view.paused()
            raise
        except Exception as error:  # noqa: BLE001 - boundary of a run: whatever happened is told to its owner
            await self._fail(run, view, tape, error)
        finally:
            self._live.pop(run.id, None)

    async def _work(
        self, run: RunRecord, view: RunView[Any, Any], control: RunControl, tape: RunTape
    ) -> None:
        work = self._kinds[run.kind]
        view.reading()
        task = await asyncio.to_thread(self._prepare, work, run)
        await asyncio.to_thread(view.understood, task)
        seconds = await self._in_turn(
            run, view, control, lambda: self._conduct(work, run, task, control, tape)
        )
        await asyncio.wrap_future(self._recorder.drained(tape))
        result = work.result(run, self._store.runs.events(run.id), seconds)
        await asyncio.to_thread(work.keep, self._store, run, task, result)
        shown = await asyncio.to_thread(view.finished, result)
        await asyncio.wrap_future(shown)
        self._store.runs.set_status(run.id, "cancelled" if result.stopped_because == "cancelled" else "done")

    def _prepare(self, work: RunWork[Any, Any], run: RunRecord) -> Any:
        return work.prepare(run, KeptFiles(self._store.runs, run.id, self._desk.fetch))

    async def _in_turn(
        self,
        run: RunRecord,
        view: RunView[Any, Any],
        control: RunControl,
        work: Callable[[], Coroutine[Any, Any, float]],
    ) -> float:
        """Do ``work`` when a slot is free; a run that was stopped need not wait (it makes no call)."""
        if self._slots is None:
            raise RuntimeError("the service was not started")
        if self._slots.locked() and not control.cancelled:
            view.waiting(self._waiting + 1)
        self._waiting += 1
        try:
            slot = await _first_of(self._slots, control)
        finally:
            self._waiting -= 1
        try:
            self._store.runs.set_status(run.id, "running")
            return await work()
        finally:
            if slot:
                self._slots.release()

    async def _conduct(
        self, work: RunWork[Any, Any], run: RunRecord, task: Any, control: RunControl, tape: RunTape
    ) -> float:
        """Conduct the run and return its wall-clock seconds."""
        if self._pool is None:
            raise RuntimeError("the service was not started")

        def emit(event: Event) -> None:
            if isinstance(event, Progress) and event.calls > 0:
                tape.paid = True
            self._recorder.put(tape, event)

        started = self._loop.time()
        await work.conduct(run, task, Means(self._pool, self._store.journal, emit, control))
        return self._loop.time() - started

    async def _fail(self, run: RunRecord, view: RunView[Any, Any], tape: RunTape, error: Exception) -> None:
        trouble = explain(error, f"run {run.id}")
        try:
            await asyncio.wrap_future(view.failed(trouble, charged=tape.paid))
        except Exception:
            logger.exception(
                "the failure of run %s could not be shown (reference %s)", run.id, trouble.reference
            )
        self._store.runs.set_status(run.id, "failed", error_ref=trouble.reference)


async def _first_of(slots: asyncio.Semaphore, control: RunControl) -> bool:
    """Wait for a slot or for the wish to stop; True when a slot was taken."""
    loop = asyncio.get_running_loop()
    stopped = loop.create_future()
    forget = control.when_cancelled(lambda: loop.call_soon_threadsafe(_settle, stopped))
    taking = loop.create_task(slots.acquire())
    try:
        await asyncio.wait({taking, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        forget()
        if not taking.done():
            taking.cancel()
    return taking.done() and not taking.cancelled()


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
