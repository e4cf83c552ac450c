"""The run service: lets runs in, attends them in turn, passes on what people tell them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from functools import partial

from bot.background.attendant import Attendant
from bot.background.desk import Desk
from bot.background.door import DailyBudget, Door
from bot.background.engine import sqlite_url
from bot.background.kinds import all_kinds, queued_kinds
from bot.background.large_data import AT_ONCE, LargeData
from bot.background.loop_thread import LoopThread
from bot.background.sharing import Shared
from bot.background.turns import Limits, Turns
from bot.background.worker import RunWorker
from bot.health.metrics import Metrics
from optimizer.config import Budget
from optimizer.errors import PromptbeamError
from optimizer.model.settings import ModelSettings
from storage.commands import Command
from storage.exchange import local_exchange
from storage.runs import RunRecord
from storage.store import Store

logger = logging.getLogger(__name__)

_UNDER_WAY = ("queued", "running")


class RunService:
    """Takes runs up, within ``limits`` and in a fair order, and sees them through.

    Everything a run needs is in the store; after a crash ``start`` takes up what was not finished,
    and the journal answers the calls that were paid. The runs' work is done by this process and by
    the workers that ``shared`` is shared with; without it, by this process alone.
    """

    def __init__(
        self,
        store: Store,
        models: ModelSettings,
        desk: Desk,
        *,
        limits: Limits | None = None,
        budget: Budget | None = None,
        daily: DailyBudget | None = None,
        shared: Shared | None = None,
        slots: int | None = None,
        silent: float = 60.0,
        large: LargeData | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or Metrics()
        limits = limits or Limits()
        daily = daily or DailyBudget()
        daily.check_prices(models)
        self._store = store
        self._models = models
        self._desk = desk
        self._kinds = all_kinds(budget or Budget(), large)
        shared = shared or Shared(local_exchange(store, silent=silent), sqlite_url(store.folder))
        self._exchange = shared.exchange
        self._door = Door(self._exchange, limits, daily)
        self._turns = Turns(limits)
        self._thread = LoopThread("service")
        self._worker = RunWorker(
            self._exchange,
            models,
            queued_kinds(self._kinds),
            shared.engine_url,
            slots=limits.service if slots is None or not shared.exchange.shared else slots,
            shards=AT_ONCE if slots != 0 and (shared.exchange.shared or (large and large.address)) else 0,
            alone=True,
            on_news=lambda run_id: self._thread.soon(self._wake, run_id),
            metrics=self._metrics,
        )
        self._live: dict[str, tuple[Attendant, asyncio.Task[None]]] = {}
        self._warming: asyncio.Task[None] | None = None
        self._closing = False

    @property
    def models(self) -> ModelSettings:
        """Where the runs' model calls go."""
        return self._models

    def start(self) -> None:
        """Start the loop and take up every run that is not finished."""
        self._thread.start()
        self._worker.start()
        self._thread.call(self._warm())
        for run in self._store.runs.unfinished():
            if run.kind in self._kinds and run.place.kind != "terminal":
                self.submit(run.id)

    @property
    def busy(self) -> int:
        """How many runs, and shards of runs, this process works on."""
        return len(self._worker.busy)

    def trouble(self) -> str:
        """Say in a few words why runs cannot be seen through now; nothing when all is well."""
        return self._worker.trouble() if self._thread.is_alive() else "the run service does not run"

    def left_today(self, team: str, owner: str) -> float | None:
        """US dollars that ``owner`` may still spend today; None when no daily budget is set."""
        return self._door.left_today(team, owner)

    def accept(
        self,
        run: RunRecord,
        files: Mapping[str, bytes] | None = None,
        claim: Callable[[], None] = lambda: None,
    ) -> bool:
        """Store a new run with its files; False when it is known already (the same request came twice).

        ``claim`` takes in the same transaction what the run is made of, so that a crash leaves both or
        neither; when it raises, nothing is stored.

        Raises:
            InputError: the queue is full, a daily budget is spent, or the request holds a secret.
        """
        self._door.admit(run, self._store.runs.unfinished())
        with self._store.database.write():
            claim()
            created = self._store.runs.create(run)
            for name, data in (files or {}).items() if created else ():
                self._store.runs.save_file(run.id, name, data)
        return created

    def submit(self, run_id: str) -> None:
        """Take up the stored run ``run_id`` soon; a run that is under way already is left alone."""
        self._thread.soon(self._take_up, run_id)

    def stop(self, run_id: str) -> bool:
        """Ask a run to stop; False when it is not under way."""
        if not self._tell(run_id, Command("stop")):
            return False
        live = self._live.get(run_id)
        if live is not None:
            live[0].view.stopping()
        return True

    def feedback(self, run_id: str, text: str, author: str, *, key: str = "") -> bool:
        """Pass a person's words to a run: its next round takes them; False when it is not under way.

        A second delivery under the same ``key`` is not passed again.
        """
        return self._tell(run_id, Command("feedback", text, author), key)

    def reword(self, key: str, text: str) -> bool:
        """Change words that were passed under ``key``; False when a round has taken them already."""
        return self._exchange.commands.reword(key, text)

    def withdraw(self, key: str) -> bool:
        """Take back words that were passed under ``key``; False when a round has taken them already."""
        return self._exchange.commands.withdraw(key)

    def pause(self, run_id: str) -> bool:
        """Let the run start no further model call until ``resume``; False when it is not under way."""
        return self._tell(run_id, Command("pause"))

    def resume(self, run_id: str) -> bool:
        """Go on with a paused run; False when it is not under way."""
        return self._tell(run_id, Command("resume"))

    def extend(self, run_id: str, rounds: int) -> bool:
        """Grant a run further rounds; False when it is not under way."""
        return self._tell(run_id, Command("extend", rounds=rounds))

    def is_live(self, run_id: str) -> bool:
        """Whether this process attends the run."""
        return run_id in self._live

    def close(self) -> None:
        """Leave all runs where they are (they go on with the next start) and end the threads."""
        if not self._thread.is_alive():
            return
        self._thread.call(self._shut())
        self._worker.close()
        self._thread.close()

    def _tell(self, run_id: str, command: Command, key: str = "") -> bool:
        """Store what a run is told, then let it hear; a crash in between loses nothing."""
        run = self._store.runs.get(run_id)
        if run.status not in _UNDER_WAY or run.place.kind == "terminal":
            return False
        if self._exchange.shared:
            self._exchange.runs.create(run)
        self._exchange.commands.add(run_id, command, key)
        self._worker.nudge(run_id)
        self._thread.soon(self._wake, run_id)
        return True

    def _wake(self, run_id: str) -> None:
        live = self._live.get(run_id)
        if live is not None:
            live[0].news.set()

    async def _warm(self) -> None:
        self._warming = asyncio.create_task(asyncio.to_thread(self._prepare_search))

    def _prepare_search(self) -> None:
        """Open the search index now, so that the first search need not wait for it."""
        try:
            self._store.prompts.prepare()
        except PromptbeamError as error:
            logger.warning("the search index is not ready: %s", error.message)

    async def _shut(self) -> None:
        self._closing = True
        tasks = [task for _, task in self._live.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._warming is not None:
            await asyncio.wait({self._warming}, timeout=15)

    def _take_up(self, run_id: str) -> None:
        if run_id in self._live or self._closing:
            return
        try:
            run = self._store.runs.get(run_id)
            work = self._kinds[run.kind]
            attendant = Attendant(
                run, work, self._store, self._exchange, self._worker, self._desk, self._door, self._metrics
            )
        except Exception:
            logger.exception("run %s cannot be taken up", run_id)
            return
        task = self._thread.loop.create_task(self._attend(attendant), name=run_id)
        self._live[run_id] = (attendant, task)

    async def _attend(self, attendant: Attendant) -> None:
        run = attendant.run
        if run.status == "running":
            self._turns.go_on(run.id, (run.place.team, run.owner))
        try:
            await attendant.attend(self._turn)
        finally:
            self._live.pop(run.id, None)
            self._turns.leave(run.id)
            self._start_next()

    async def _turn(self, attendant: Attendant) -> None:
        """Wait until the run may start; one that was stopped need not wait, it makes no call.

        Raises:
            DailyBudgetSpent: there is no money left for it today.
        """
        run = attendant.run
        if run.status == "running":
            return
        self._turns.join(run.id, (run.place.team, run.owner), run.created_at)
        self._start_next()
        while not (stopped := await attendant.patiently(partial(self._stopped, run.id))):
            if not self._turns.waits(run.id):
                break
            attendant.view.waiting(self._turns.ahead(run.id))
            attendant.news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(attendant.news.wait(), 5)
        if not stopped:
            await attendant.patiently(partial(self._door.check_budget, run))

    def _stopped(self, run_id: str) -> bool:
        return any(command.kind == "stop" for command in self._exchange.commands.after(run_id, 0))

    def _start_next(self) -> None:
        """Let every run start whose turn has come, and tell the others where they stand."""
        while self._turns.start_next() is not None:
            pass
        for attendant, _ in self._live.values():
            attendant.news.set()
