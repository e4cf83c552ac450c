"""Stores the events of all runs in order and hands them to their views, on a thread of its own."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from optimizer.events import Event, is_durable
from storage.runs import RunTable

logger = logging.getLogger(__name__)


class RunTape:
    """The events of one run on their way to the store; remembers a failure to store or show them."""

    def __init__(
        self, runs: RunTable, run_id: str, show: Callable[[Event], None], failed: Callable[[], None]
    ) -> None:
        self.run_id = run_id
        self.failed = failed
        self._runs = runs
        self._show = show
        self._number = 0
        self.error: Exception | None = None
        self.paid = False
        """Whether a paid result has been seen, so that nobody is told that nothing was charged."""

    def take(self, event: Event) -> None:
        """Store a durable event under its number (again is harmless after a resume), then show it."""
        if is_durable(event):
            self._runs.append_event(self.run_id, self._number, event)
            self._number += 1
        self._show(event)


class Recorder:
    """One thread for all runs: ``put`` never blocks the run that emits."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def put(self, tape: RunTape, event: Event) -> None:
        """Store and show ``event`` soon, after everything that was put before."""
        self._queue.put(lambda: self._record(tape, event))

    def drained(self, tape: RunTape) -> Future[None]:
        """Done when everything put so far is stored and shown; fails when storing failed."""
        done: Future[None] = Future()

        def mark() -> None:
            if not done.set_running_or_notify_cancel():
                return  # whoever waited has left: the thread goes on for the other runs
            if tape.error is not None:
                done.set_exception(tape.error)
            else:
                done.set_result(None)

        self._queue.put(mark)
        return done

    def close(self) -> None:
        """Work off the queue and end the thread."""
        self._queue.put(None)
        self._thread.join(timeout=10)

    def _work(self) -> None:
        while (step := self._queue.get()) is not None:
            step()

    def _record(self, tape: RunTape, event: Event) -> None:
        if tape.error is not None:
            return
        try:
            tape.take(event)
        except Exception as error:
            logger.exception("an event of run %s could not be recorded", tape.run_id)
            tape.error = error
            tape.failed()
