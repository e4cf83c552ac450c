"""How people steer a run from other threads: stop it, or tell it something."""

from __future__ import annotations

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

    def add_feedback(self, text: str, author: str) -> None:
        """Queue a person's words; the next round takes them as a gradient."""
        with self._lock:
            self._feedback.append(Feedback(text, author))

    def take_feedback(self) -> tuple[Feedback, ...]:
        """Return the queued words and forget them."""
        with self._lock:
            taken, self._feedback = tuple(self._feedback), []
        return taken
