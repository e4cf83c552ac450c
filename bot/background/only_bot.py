"""One bot at a time: a lock on the data folder, and a lease in the shared database."""

from __future__ import annotations

import logging
import math
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from optimizer.errors import PromptbeamError
from storage.errors import StorageError
from storage.exchange import Exchange
from storage.file_lock import try_to_hold

logger = logging.getLogger(__name__)

_LEASE = "bot"
_TRY_SECONDS = 0.5


class StoppedWaiting(PromptbeamError):
    """The process was told to end while it waited for another bot to end."""


class OnlyBot:
    """Held while this process is the bot. Entering waits until no other process is.

    The folder's lock is dropped by the operating system when its holder dies. The lease guards
    against a bot on another machine; it lasts ``seconds`` and is prolonged while this process lives.
    ``lost`` is set when it ran out or went to another bot: then the process must post nothing more.
    """

    def __init__(
        self,
        folder: Path,
        exchange: Exchange,
        stop: threading.Event,
        *,
        seconds: float = 30.0,
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = folder / "bot.lock"
        self._exchange = exchange
        self._stop = stop
        self._seconds = seconds
        self._on_wait = on_wait
        self._holder = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        self._descriptor: int | None = None
        self._ended = threading.Event()
        self._until = math.inf
        """When the lease runs out unless it is prolonged, by this machine's steady clock."""
        self.lost = threading.Event()
        self._keeping = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._watching = threading.Thread(target=self._watch, name="lease-watch", daemon=True)

    def __enter__(self) -> OnlyBot:
        told = False
        while not self._taken():
            if not told:
                told = True
                self._on_wait()
            if self._stop.wait(_TRY_SECONDS):
                self._release()
                raise StoppedWaiting("Another bot was at work all the time.")
        if self._exchange.shared:
            self._keeping.start()
            self._watching.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._keeping.is_alive():
            self._keeping.join(timeout=5)
        self._release()

    @property
    def holds(self) -> bool:
        """Whether no other process can be the bot, as far as this one can know."""
        return not self.lost.is_set() and time.monotonic() < self._until

    def _taken(self) -> bool:
        if self._descriptor is None:
            self._descriptor = try_to_hold(self._path)
        if self._descriptor is None:
            return False
        return not self._exchange.shared or self._prolonged()

    def _prolonged(self) -> bool:
        """Take or prolong the lease. It is counted from before the question, so never for too long."""
        asked = time.monotonic()
        kept = self._exchange.leases.take(_LEASE, self._holder, self._seconds)
        if kept:
            self._until = asked + self._seconds
        return kept

    def _release(self) -> None:
        if self._exchange.shared and self._descriptor is not None:
            try:
                self._exchange.leases.give_back(_LEASE, self._holder)
            except StorageError as error:
                logger.warning("the lease was not given back: %s", error.message)
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _keep(self) -> None:
        """Prolong the lease until the end, or until another bot has it."""
        while not self._ended.wait(self._seconds / 6):
            try:
                kept = self._prolonged()
            except StorageError as error:
                logger.warning("the lease was not prolonged: %s", error.message)
                continue
            if not kept:
                self._lose()
                return

    def _watch(self) -> None:
        """Give the lease up for lost when it ran out: a database that hangs lets nobody prolong it or say so."""
        while not self._ended.wait(max(0.0, min(self._until - time.monotonic(), self._seconds / 6))):
            if not self.holds:
                self._lose()
                return

    def _lose(self) -> None:
        logger.error("another bot may be at work: this one ends")
        self.lost.set()
