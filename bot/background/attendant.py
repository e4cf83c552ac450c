"""Attends one run on the bot's side: opens its thread, fetches its files, follows its events to the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from bot.background.desk import Desk, RunView
from bot.background.door import Door
from bot.background.learning import with_lessons
from bot.background.loop_thread import outcome_of
from bot.background.run_files import KeptFiles
from bot.background.run_work import RESULT_FOLDER, RunWork
from bot.background.trouble import Trouble, explain
from bot.background.worker import RunWorker
from bot.health.metrics import Metrics
from optimizer.events import Progress
from storage.errors import StorageError
from storage.exchange import Exchange
from storage.runs import RunRecord
from storage.store import Store
from storage.work import WorkOutcome

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5
_LOOK_SECONDS_LOCAL = 5.0
_LOOKS_BETWEEN_CHECKS = 20
_DATABASE_WAIT = 2.0
T = TypeVar("T")


class Attendant:
    """One run from its request to its result, on the service's loop.

    It may begin again at any moment of the run's life: it looks up what has happened already. What
    it shows, the view shows once.
    """

    def __init__(
        self,
        run: RunRecord,
        work: RunWork[Any, Any],
        store: Store,
        exchange: Exchange,
        worker: RunWorker,
        desk: Desk,
        door: Door,
        metrics: Metrics,
    ) -> None:
        self._metrics = metrics
        self.run = run
        self._work = work
        self._store = store
        self._exchange = exchange
        self._worker = worker
        self._desk = desk
        self._door = door
        self.view: RunView[Any, Any] = desk.view(run)
        self.news = asyncio.Event()
        """Set when the run may have something new to show, or its turn may have come."""
        self._seen = -1
        self._progress: Progress | None = None

    async def attend(self, turn: Callable[[Attendant], Any]) -> None:
        """See the run through; ``turn`` is awaited before work is begun.

        Whatever goes wrong is told to the run's owner; cancelling leaves the run for the next start.
        """
        try:
            await outcome_of(self.view.open())
            self.view.reading()
            task = await asyncio.to_thread(self._prepare)
            await asyncio.to_thread(self.view.understood, task)
            outcome = await self.patiently(self._ended_before)
            if outcome is None:
                await turn(self)
                self.run = await asyncio.to_thread(with_lessons, self._store.runs, self.run, task, self._desk)
                outcome = await self._worked()
            if outcome.message:
                await self._tell(
                    Trouble(outcome.message, outcome.fix, outcome.reference, outcome.again), outcome.charged
                )
            else:
                await self._finish(task, outcome)
        except asyncio.CancelledError:
            self.view.paused()
            raise
        except Exception as error:  # noqa: BLE001 - boundary of a run: whatever happened is told to its owner
            trouble = explain(error, f"run {self.run.id}")
            self._metrics.count_error(trouble.kind)
            await self._tell(trouble, await asyncio.to_thread(self._charged))

    def _prepare(self) -> Any:
        fetch = partial(self._desk.fetch, self.run.place.team)
        files = KeptFiles(self._store.runs, self.run.id, fetch)
        return self._work.prepare(self.run, files)

    def _ended_before(self) -> WorkOutcome | None:
        """Return how the work ended before this process came; a run that was queued anew is open again."""
        if self._store.runs.get(self.run.id).status == "queued":
            self._exchange.work.offer_again(self.run.id)
        return self._exchange.work.state(self.run.id)[1]

    async def _worked(self) -> WorkOutcome:
        """Have the run worked on, here or elsewhere, and show what comes of it until it ends."""
        attempt = await self.patiently(self._hand_over)
        looks = 0
        while True:
            self.news.clear()
            # The outcome is read before the events: once it is there, no event is missing.
            progress, outcome = await self.patiently(partial(self._exchange.work.state, self.run.id))
            await self.patiently(partial(self._show, progress))
            if outcome is not None:
                return outcome
            looks += 1
            if looks % _LOOKS_BETWEEN_CHECKS == 0:
                attempt = await self.patiently(partial(self._checked, attempt))
            patience = _LOOK_SECONDS if self._exchange.shared else _LOOK_SECONDS_LOCAL
            try:
                await asyncio.wait_for(self.news.wait(), patience)
            except TimeoutError:
                continue

    async def patiently(self, ask: Callable[[], T]) -> T:
        """Ask off the service's loop; a shared database that is away is waited for."""
        while True:
            try:
                return await asyncio.to_thread(ask)
            except StorageError as error:
                if not self._exchange.shared:
                    raise
                logger.warning("run %s waits for the database: %s", self.run.id, error.message)
                await asyncio.sleep(_DATABASE_WAIT)

    def _hand_over(self) -> int:
        self._store.runs.set_status(self.run.id, "running")
        self._exchange.hand_over(self.run, self._store)
        self._exchange.tell_wishes(self.run)
        attempt = self._exchange.work.offer(self.run.id)
        self._worker.enqueue(self.run.id, attempt)
        return attempt

    def _checked(self, attempt: int) -> int:
        """Ask the queue whether the work is still in it; if not, queue it again and return its attempt."""
        fate = self._worker.fate(self.run.id, attempt)
        if fate == "open" or self._exchange.work.state(self.run.id)[1] is not None:
            return attempt
        if fate == "given up":
            raise RuntimeError(f"the queue has given up run {self.run.id}")
        logger.warning("the queue has lost run %s (%s): it is queued again", self.run.id, fate)
        if fate == "ended":
            attempt = self._exchange.work.reopen(self.run.id)
        self._worker.enqueue(self.run.id, attempt)
        return attempt

    def _show(self, progress: Progress | None) -> None:
        """Show what is new. Events that come from elsewhere are stored first."""
        for number, event in self._exchange.runs.events_after(self.run.id, self._seen):
            if self._exchange.shared:
                self._store.runs.append_event(self.run.id, number, event)
            self.view.show(event)
            self._seen = number
        if progress is not None and progress != self._progress:
            self._progress = progress
            self.view.show(progress)

    async def _finish(self, task: Any, outcome: WorkOutcome) -> None:
        await self.patiently(partial(self._show, None))
        events = await asyncio.to_thread(self._store.runs.events, self.run.id)
        result = self._work.result(self.run, events, outcome.seconds)
        await self.patiently(partial(self._exchange.bring_back, self.run.id, self._store, RESULT_FOLDER))
        await asyncio.to_thread(self._work.keep, self._store, self.run, task, result)
        shown = await asyncio.to_thread(self.view.finished, result)
        await outcome_of(shown)
        self._store.runs.set_status(
            self.run.id, "cancelled" if result.stopped_because == "cancelled" else "done"
        )
        await self.patiently(partial(self._exchange.forget, self.run.id))

    def _charged(self) -> bool:
        """Tell whether the run has cost anything; nobody is told it was free when that is not known."""
        try:
            return self._exchange.paid(self.run.id)
        except StorageError:
            return True

    async def _tell(self, trouble: Trouble, charged: bool) -> None:
        try:
            await outcome_of(self.view.failed(trouble, charged=charged))
        except Exception:
            logger.exception(
                "the failure of run %s could not be shown (reference %s)", self.run.id, trouble.reference
            )
        self._store.runs.set_status(self.run.id, "failed", error_ref=trouble.reference)
