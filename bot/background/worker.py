"""Works on runs: takes them from the queue, conducts them, stores what they tell. Knows nothing of Slack."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.background.engine import RUNS, Engine, Fate
from bot.background.heartbeat import Heartbeat
from bot.background.loop_thread import LoopThread
from bot.background.recorder import Recorder, RunTape
from bot.background.run_files import StoredFiles
from bot.background.run_work import RESULT_FOLDER, Means, QueuedWork
from bot.background.shard_crew import QueueCrew
from bot.background.shard_queue import shard_queues
from bot.background.shard_work import journal_of
from bot.background.stored_control import StoredControl
from bot.background.trouble import explain
from bot.health.metrics import Metrics
from bot.health.model_meters import MeteredJournal, MeteredTrace, models_of
from optimizer.errors import ConfigError, PromptbeamError
from optimizer.events import Event
from optimizer.model.pool import ModelPool
from optimizer.model.settings import ModelSettings
from storage.errors import StorageError
from storage.exchange import Exchange
from storage.runs import RunRecord
from storage.shared_pacer import SharedPacer
from storage.work import NotTheHolder, WorkOutcome

logger = logging.getLogger(__name__)

_LISTEN_SECONDS = 0.5
_DATABASE_WAIT = 2.0
_DATABASE_TRIES = 150


@dataclass(slots=True)
class _Live:
    """A run that this process works on."""

    control: StoredControl
    task: asyncio.Task[None]
    claimed: bool = False


class RunWorker:
    """Conducts up to ``slots`` runs at once in a loop of its own, which all their model calls share.

    Beside them it does up to ``shards`` shards of evolutions at once, for runs of any process: whoever
    waits for its shards holds a slot of another kind, so that nobody waits for itself.

    Everything it needs comes from ``exchange`` and everything it finds goes there: a run that it
    leaves unfinished can be done again here or elsewhere, and the journal answers what was paid.
    ``on_news`` hears of each run that has something new to show; it must not block. With ``alone``
    no other process can have the same name.
    """

    def __init__(
        self,
        exchange: Exchange,
        models: ModelSettings,
        kinds: Mapping[str, QueuedWork[Any]],
        engine_url: str,
        *,
        name: str = "bot",
        slots: int = 4,
        shards: int = 0,
        alone: bool = False,
        on_news: Callable[[str], None] = lambda run_id: None,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or Metrics()
        journal = MeteredJournal(exchange.journal, self._metrics, models_of(models))
        self._exchange = exchange = replace(exchange, journal=journal)
        self._models = models
        self._kinds = kinds
        self._name = name
        self._slots = slots
        self._alone = alone
        self._on_news = on_news
        self.instance = f"{name}/{os.getpid()}/{secrets.token_hex(4)}"
        self._recorder = Recorder()
        self._thread = LoopThread("runs")
        self._engine = Engine(engine_url, name, self._conduct, self._thread.loop, self._queues(shards))
        self.crew = QueueCrew(exchange, self._engine, models)
        self._live: dict[str, _Live] = {}
        self._pool: ModelPool | None = None
        self._listening: asyncio.Task[None] | None = None
        self._heart = Heartbeat(
            exchange, self._engine, name, self.instance, slots, busy=lambda: self.busy, look=self._let_go
        )

    def _queues(self, shards: int) -> dict[str, int | None]:
        queues: dict[str, int | None] = {}
        if self._slots:
            # On one machine the service's turns are the only limit, so that a stopped run need not wait here.
            queues[RUNS] = self._slots if self._exchange.shared else None
        if shards:
            queues.update(dict.fromkeys(shard_queues(self._models), shards))
        return queues

    def start(self) -> None:
        """Open the models, join the workers, and take up what was left.

        Raises:
            ConfigError: a living worker has this name.
            StorageError: a database cannot be used.
        """
        workers = self._exchange.workers
        if not workers.enter(self._name, self.instance, socket.gethostname(), self._slots, alone=self._alone):
            raise ConfigError(
                f"A worker named {self._name} is at work, or died less than {workers.silent:.0f} seconds ago.",
                "Give this one another name with PROMPTBEAM_WORKER_NAME, or wait.",
            )
        self._heart.start()
        self._thread.start()
        self._thread.call(self._open())
        self._engine.launch()

    def trouble(self) -> str:
        """Say in a few words why no run can be worked on now; nothing when all is well."""
        if not self._engine.ready or not self._thread.is_alive():
            return "the queue of runs does not run"
        return "" if self._heart.is_alive() else "the heartbeat has stopped"

    def enqueue(self, run_id: str, attempt: int) -> None:
        """Queue the run's work for whoever is free; the same attempt again changes nothing. Blocks."""
        self._engine.enqueue(run_id, attempt)

    def fate(self, run_id: str, attempt: int) -> Fate:
        """Return what the queue knows of an attempt. Blocks."""
        return self._engine.fate(run_id, attempt)

    def nudge(self, run_id: str) -> None:
        """Hear a run's commands now instead of half a second later."""
        live = self._live.get(run_id)
        if live is not None:
            live.control.hear()

    @property
    def busy(self) -> frozenset[str]:
        """The runs that this process works on."""
        return frozenset(self._live)

    def close(self) -> None:
        """Leave all runs where they are, see paid calls through, and end."""
        if not self._thread.is_alive():
            return
        self._heart.stop()
        self._engine.close()
        self._thread.call(self._shut())
        self._thread.close()
        self._recorder.close()
        self._heart.join()
        with contextlib.suppress(StorageError):
            self._exchange.workers.leave(self._name, self.instance)

    async def _open(self) -> None:
        pace = self._models.calls_per_minute
        shared = SharedPacer(self._exchange.database, pace) if pace and self._exchange.shared else None
        trace = MeteredTrace(self._metrics, models_of(self._models))
        self._pool = await ModelPool(self._models, trace=trace, pacer=shared).__aenter__()
        self._listening = asyncio.create_task(self._listen())

    async def _shut(self) -> None:
        tasks = [live.task for live in self._live.values()]
        if self._listening is not None:
            tasks.append(self._listening)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._pool is not None:
            await self._pool.__aexit__(None, None, None)

    async def _listen(self) -> None:
        """Hear what people tell the runs, also by way of other processes."""
        while True:
            await asyncio.sleep(_LISTEN_SECONDS)
            for live in list(self._live.values()):
                try:
                    await asyncio.to_thread(live.control.hear)
                except StorageError as error:
                    logger.warning("commands cannot be read: %s", error.message)
                    break

    async def _conduct(self, run_id: str) -> None:
        """Work on a run until it has an outcome; several calls for one run are one."""
        live = self._live.get(run_id)
        if live is None:
            control = StoredControl(self._exchange.commands, run_id)
            live = _Live(control, asyncio.ensure_future(self._see_through(run_id, control)))
            self._live[run_id] = live
            live.task.add_done_callback(lambda _: self._live.pop(run_id, None))
        await live.task

    async def _see_through(self, run_id: str, control: StoredControl) -> None:
        """Do the run. A shared database that is away for a while is waited for."""
        tries = _DATABASE_TRIES if self._exchange.shared else 1
        while True:
            tries -= 1
            try:
                if not await asyncio.to_thread(self._exchange.work.claim, run_id, self.instance):
                    return
                self._live[run_id].claimed = True
                outcome = await self._outcome(run_id, control, last=tries <= 0)
                await asyncio.to_thread(self._exchange.work.finish, run_id, self.instance, outcome)
                self._on_news(run_id)
                return
            except NotTheHolder:
                logger.info("run %s was taken over by another worker", run_id)
                # Returning would tell the queue that the run's work has ended.
                raise asyncio.CancelledError from None
            except StorageError as error:
                if tries <= 0:
                    raise
                logger.warning("run %s waits for the database: %s", run_id, error.message)
                await asyncio.sleep(_DATABASE_WAIT)
                control = self._renewed(run_id)

    def _renewed(self, run_id: str) -> StoredControl:
        """Return a fresh control for doing the run again: takes are counted from the first round."""
        control = StoredControl(self._exchange.commands, run_id)
        live = self._live.get(run_id)
        if live is not None:
            live.control = control
        return control

    async def _outcome(self, run_id: str, control: StoredControl, *, last: bool) -> WorkOutcome:
        started = self._thread.loop.time()
        try:
            run = await asyncio.to_thread(self._exchange.runs.get, run_id)
            await asyncio.to_thread(control.hear)
            await self._do(run, control)
        except NotTheHolder:
            raise
        except Exception as error:
            if isinstance(error, StorageError) and not last:
                raise
            trouble = explain(error, f"run {run_id}")
            self._metrics.count_error(trouble.kind)
            charged = await asyncio.to_thread(self._exchange.paid, run_id)
            return WorkOutcome(0.0, trouble.message, trouble.fix, trouble.reference, trouble.again, charged)
        return WorkOutcome(self._thread.loop.time() - started)

    async def _do(self, run: RunRecord, control: StoredControl) -> None:
        if self._pool is None:
            raise RuntimeError("the worker was not started")
        work = self._kinds[run.kind]
        task = await asyncio.to_thread(work.prepare, run, StoredFiles(self._exchange.runs, run.id))
        tape = RunTape(
            self._exchange.runs,
            run.id,
            tell=lambda progress: self._exchange.work.tell_progress(run.id, self.instance, progress),
            told=lambda: self._on_news(run.id),
            failed=control.cancel,
        )

        def emit(event: Event) -> None:
            self._recorder.put(tape, event)

        def leave(name: str, content: bytes) -> None:
            self._exchange.runs.save_file(run.id, RESULT_FOLDER + name, content)

        journal = journal_of(run, self._exchange.journal)
        try:
            crew = QueueCrew(self._exchange, self._engine, self._models, team=run.place.team)
            await work.conduct(run, task, Means(self._pool, journal, emit, control, leave, crew))
        except PromptbeamError:
            if tape.error is not None:
                raise tape.error from None
            raise
        await asyncio.wrap_future(self._recorder.drained(tape))

    def _let_go(self) -> None:
        """Stop working on runs that another worker has taken over meanwhile."""
        claimed = {run_id: live for run_id, live in list(self._live.items()) if live.claimed}
        held = self._exchange.work.held_by(self.instance)
        for run_id, live in claimed.items():
            if run_id not in held and not live.task.done():
                logger.warning("run %s is another worker's now", run_id)
                self._thread.soon(live.task.cancel)
