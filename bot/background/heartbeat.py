"""The heartbeat of a process that works on runs: it says that it lives, and takes over from those that do not."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Collection

from bot.background.engine import Engine
from storage.errors import StorageError
from storage.exchange import Exchange

logger = logging.getLogger(__name__)

_REAPER = "reaper"
_BEATS_IN_SILENCE = 6


class Heartbeat:
    """A thread, started and stopped once. ``busy`` tells the runs that this process works on.

    ``look`` is called with each beat and lets go of runs that others have taken over.
    """

    def __init__(
        self,
        exchange: Exchange,
        engine: Engine,
        name: str,
        instance: str,
        slots: int,
        *,
        busy: Callable[[], Collection[str]],
        look: Callable[[], None],
    ) -> None:
        self._exchange = exchange
        self._engine = engine
        self._name = name
        self._instance = instance
        self._slots = slots
        self._busy = busy
        self._look = look
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Tell whether it beats."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Beat no more."""
        self._stopped.set()

    def join(self) -> None:
        """Wait a moment for the last beat to end."""
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _beat(self) -> None:
        workers = self._exchange.workers
        while not self._stopped.wait(workers.silent / _BEATS_IN_SILENCE):
            try:
                if not workers.beat(self._name, self._instance, len(self._busy())):
                    workers.enter(self._name, self._instance, socket.gethostname(), self._slots)
                if self._engine.ready:
                    self._look()
                    self._take_over()
            except StorageError as error:
                logger.warning("no heartbeat: %s", error.message)
            except Exception:
                if not self._stopped.is_set():  # the engine ends while this thread may be asking it
                    logger.exception("no heartbeat")

    def _take_over(self) -> None:
        workers = self._exchange.workers
        self._engine.take_up_dropped(self._busy)
        if self._exchange.leases.take(_REAPER, self._instance, workers.silent / 2):
            for run_id in self._engine.take_over(workers.living() | {self._name}):
                logger.warning("run %s was left by a dead process: it is queued again", run_id)
