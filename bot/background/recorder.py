"""Stores the events of the runs that this process works on, in order, on a thread of its own."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from optimizer.errors import PromptbeamError
from optimizer.events import Event, Progress, is_durable
from storage.runs import RunTable

logger = logging.getLogger(__name__)

_PROGRESS_SECONDS = 1.0


class RunTape:
    """The events of one run on their way to the store; remembers a failure to store them.

    ``told`` hears after each event that there is news; ``tell`` stores how far the run is, at most
    once a second; ``failed`` hears of the first failure.
    """

    def __init__(
        self,
        runs: RunTable,
        run_id: str,
        *,
        tell: Callable[[Progress], None] = lambda progress: None,
        told: Callable[[], None] = lambda: None,
        failed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.run_id = run_id
        self.failed = failed
        self._runs = runs
        self._tell = tell
        self._told = told
        self._clock = clock
        self._number = 0
        self._progress_at = float("-inf")
        self.error: Exception | None = None

    def take(self, event: Event) -> None:
        """Store a durable event under its number (again is harmless after a resume), or how far the run is."""
        if is_durable(event):
            self._runs.append_event(self.run_id, self._number, event)
            self._number += 1
        elif isinstance(event, Progress):
            if self._clock() - self._progress_at < _PROGRESS_SECONDS:
                return
            self._progress_at = self._clock()
            self._tell(event)
        self._told()


class Recorder:
    """One thread for all runs: ``put`` never blocks the run that emits."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def put(self, tape: RunTape, event: Event) -> None:
        """Store ``event`` soon, after everything that was put before."""
        self._queue.put(lambda: self._record(tape, event))

    def drained(self, tape: RunTape) -> Future[None]:
        """Done when everything put so far is stored; fails when storing failed."""
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
        except PromptbeamError as error:
            logger.warning("run %s tells nothing more: %s", tape.run_id, error.message)
            tape.error = error
            tape.failed()
        except Exception as error:
            logger.exception("an event of run %s could not be recorded", tape.run_id)
            tape.error = error
            tape.failed()
