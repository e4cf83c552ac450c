"""A process that was told to stop ends in time, whatever hangs."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import Connection

import pytest

from bot.logs import told_to_stop, wait_for_the_end
from tests.warm import FORKS

pytestmark = pytest.mark.timeout(60)


def _serve(ready: Connection, hangs: bool) -> None:
    with told_to_stop(within=0.5) as stop:
        ready.send(True)
        wait_for_the_end(stop)
        ready.send(stop.is_set())
        if hangs:
            time.sleep(600)  # like a database that answers nothing
    ready.send("closed")


@pytest.mark.parametrize("hangs", [False, True])
def test_a_process_that_was_told_to_stop_ends_even_when_something_hangs(hangs: bool):
    ours, theirs = FORKS.Pipe()
    child = FORKS.Process(target=_serve, args=(theirs, hangs), daemon=True)
    child.start()
    theirs.close()
    assert ours.recv()
    assert child.pid is not None
    os.kill(child.pid, signal.SIGTERM)
    assert ours.recv() is True
    if not hangs:
        assert ours.recv() == "closed"
    child.join(30)
    assert child.exitcode == 0
    ours.close()
