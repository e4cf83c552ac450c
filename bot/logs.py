"""The log of a long-running process, and waiting until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from optimizer.errors import ConfigError

logger = logging.getLogger(__name__)

_END_SECONDS = 25.0


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
def told_to_stop(within: float = _END_SECONDS) -> Iterator[threading.Event]:
    """Give an event that SIGTERM sets.

    A process that has not ended ``within`` so many seconds of it is ended, whatever it waits for: a
    database that is away or hangs may be waited for much longer. What it leaves then is what a crash leaves.
    """
    stop = threading.Event()
    told, tell = os.pipe()
    watch = threading.Thread(target=_see_to_the_end, args=(told, stop, within), name="end", daemon=True)
    watch.start()
    # The event has a lock, which the thread that the signal interrupts may hold; a pipe has none.
    before = signal.signal(signal.SIGTERM, lambda *_: os.write(tell, b"."))
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
        os.close(tell)


def _see_to_the_end(told: int, stop: threading.Event, within: float) -> None:
    """Wait until SIGTERM came, set the event, and end the process when its time is over."""
    came = os.read(told, 1)
    os.close(told)
    if not came:
        return
    stop.set()
    time.sleep(within)
    logger.warning("ended after %.0f s although something hangs: the next start goes on from there", within)
    sys.stdout.flush()
    os._exit(0)


def wait_for_the_end(*ends: threading.Event) -> None:
    """Wait until one of the events is set or somebody presses Ctrl-C."""
    try:
        while not any(end.is_set() for end in ends):
            ends[0].wait(0.5)
    except KeyboardInterrupt:
        return
