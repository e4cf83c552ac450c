"""How people steer a run from other threads: stop it, or tell it something."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass

from optimizer.errors import RunCancelled


@dataclass(frozen=True, slots=True)
class Feedback:
    """A person's words to a running optimisation."""

    text: str
    author: str


class RunControl:
    """Thread-safe; one per run."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._feedback: list[Feedback] = []
        self._watchers: list[Callable[[], object]] = []
        self._running = threading.Event()
        self._running.set()
        self._waiting: list[Callable[[], object]] = []
        self._extra_rounds = 0

    def cancel(self) -> None:
        """Ask the run to stop. Paid calls in flight finish; no new one starts."""
        with self._lock:
            self._cancelled.set()
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher()

    def when_cancelled(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call ``watcher`` once the run is cancelled (at once if it was); the result withdraws it."""
        with self._lock:
            self._watchers.append(watcher)
        if self.cancelled:
            watcher()

        def forget() -> None:
            with self._lock:
                self._watchers.remove(watcher)

        return forget

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked the run to stop."""
        return self._cancelled.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise ``RunCancelled`` when somebody asked the run to stop."""
        if self._cancelled.is_set():
            raise RunCancelled("The run was stopped.", "Start it again to go on.")

    def pause(self) -> None:
        """Let no new model call start until ``resume``; calls in flight finish."""
        self._running.clear()

    def resume(self) -> None:
        """Go on after ``pause``."""
        with self._lock:
            self._running.set()
            waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()

    @property
    def paused(self) -> bool:
        """Whether the run is held by ``pause``."""
        return not self._running.is_set()

    async def until_resumed(self) -> None:
        """Wait while the run is paused; returns at once when it is not, or when it is cancelled."""
        while self.paused and not self.cancelled:
            loop = asyncio.get_running_loop()
            woken = asyncio.Event()

            def wake(loop: asyncio.AbstractEventLoop = loop, woken: asyncio.Event = woken) -> None:
                loop.call_soon_threadsafe(woken.set)

            with self._lock:
                if self._running.is_set():
                    return
                self._waiting.append(wake)
            forget = self.when_cancelled(wake)
            try:
                await woken.wait()
            finally:
                forget()

    def extend(self, rounds: int) -> None:
        """Allow ``rounds`` more rounds than the configuration says; takes effect until the search ends."""
        with self._lock:
            self._extra_rounds += rounds

    @property
    def extra_rounds(self) -> int:
        """Rounds granted by ``extend``."""
        return self._extra_rounds

    def add_feedback(self, text: str, author: str) -> None:
        """Queue a person's words; the next round takes them as a gradient."""
        with self._lock:
            self._feedback.append(Feedback(text, author))

    def take_feedback(self) -> tuple[Feedback, ...]:
        """Return the queued words and forget them."""
        with self._lock:
            taken, self._feedback = tuple(self._feedback), []
        return taken
