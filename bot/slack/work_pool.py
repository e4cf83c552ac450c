"""The threads behind the listeners: few that open windows, more that wait for Slack, and a bound on what waits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from bot.slack.doors import Refused
from bot.slack.escaping import Markup
from bot.slack.messages.notices import notice

logger = logging.getLogger(__name__)

T = TypeVar("T")

WORKERS = 16
OPENERS = 6
MOST_WAITING = 200
"""Pieces of work, those that are done among them; beyond that Slack is asked to come again."""
PATIENCE_SECONDS = 1.5
"""Slack waits three seconds for the answer to a form; half of them are left to everything else."""
MOST_PATIENT = 4
"""Forms that wait for a lookup at the same time; a minority of the listener threads, so that others are heard."""
_CLOSING_SECONDS = 5.0


class SlackIsSlow(Refused):
    """Slack did not answer within the time that a form may wait; what it said later is remembered a while."""

    def __init__(self) -> None:
        words = "Slack is slow to answer me just now. Press the button once more; nothing is lost."
        super().__init__(notice(Markup(words)), words)


class WorkPool:
    """Takes work from the listeners, so that acknowledging waits for nobody.

    ``open`` is for what has to happen within the three seconds of a trigger, ``do`` for everything else:
    lookups that hang do not keep windows from opening.
    """

    def __init__(
        self,
        *,
        workers: int = WORKERS,
        openers: int = OPENERS,
        most_waiting: int = MOST_WAITING,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="work")
        self._openers = ThreadPoolExecutor(openers, thread_name_prefix="windows")
        self._most_waiting = most_waiting
        self._patience = patience
        self._patient = threading.BoundedSemaphore(MOST_PATIENT)
        self._lock = threading.Lock()
        self._under_way: set[Future[Any]] = set()

    @property
    def has_room(self) -> bool:
        """Whether more work may be given."""
        return self.under_way < self._most_waiting

    @property
    def under_way(self) -> int:
        """Pieces of work that wait or are done now."""
        with self._lock:
            return len(self._under_way)

    def do(self, work: Callable[[], T]) -> Future[T]:
        """Do ``work`` when its turn comes."""
        return self._give(self._workers, work)

    def open(self, work: Callable[[], T]) -> Future[T]:
        """Do what opens a window; it must ask Slack for nothing else."""
        return self._give(self._openers, work)

    def in_time(self, work: Future[T]) -> bool:
        """Wait for the end of ``work`` as long as a form may wait; False when it takes longer."""
        if work.done():
            return True
        if not self._patient.acquire(blocking=False):
            return False
        try:
            return bool(wait([work], self._patience).done)
        finally:
            self._patient.release()

    def close(self) -> None:
        """Finish what was acknowledged, for a few seconds at most; what is left then is let go."""
        until = time.monotonic() + _CLOSING_SECONDS
        while (left := until - time.monotonic()) > 0:
            with self._lock:
                waiting = set(self._under_way)
            if not waiting:
                break
            wait(waiting, left)
        for pool in (self._openers, self._workers):
            pool.shutdown(wait=False, cancel_futures=True)

    def _give(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> Future[T]:
        future: Future[T]
        try:
            future = pool.submit(work)
        except RuntimeError:
            logger.info("something that was asked at the very end is left undone")
            future = Future()
            future.cancel()
            return future
        with self._lock:
            self._under_way.add(future)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: Future[Any]) -> None:
        with self._lock:
            self._under_way.discard(future)
