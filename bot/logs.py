"""The log of a long-running process, and waiting until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from optimizer.errors import ConfigError


def set_up_log() -> None:
    """Log to standard error unless somebody set logging up; other people's libraries only when it matters.

    Raises:
        ConfigError: PROMPTBEAM_LOG_LEVEL is none.
    """
    level = os.environ.get("PROMPTBEAM_LOG_LEVEL", "INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise ConfigError(f"PROMPTBEAM_LOG_LEVEL is {level!r}.", "Set it to DEBUG, INFO, WARNING or ERROR.")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for room in ("bot", "storage", "optimizer"):
        logging.getLogger(room).setLevel(level)


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """Give an event that SIGTERM sets."""
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)


def wait_for_the_end(*ends: threading.Event) -> None:
    """Wait until one of the events is set or somebody presses Ctrl-C."""
    try:
        while not any(end.is_set() for end in ends):
            ends[0].wait(0.5)
    except KeyboardInterrupt:
        return
