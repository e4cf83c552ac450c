"""``promptbeam`` in processes of its own that are forked from one which has done the imports already."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.warm_imports"])


class Command:
    """One command in ``folder``, of which tests use what they use of ``subprocess.Popen``.

    Everything is real but the time that Python and the imports take, one to two seconds of a core:
    a process of its own with its own environment and folder, that can be killed. Its output goes to
    pipes, or both to ``log``.
    """

    def __init__(
        self, arguments: tuple[str, ...], *, folder: Path, env: Mapping[str, str], log: Path | None = None
    ) -> None:
        self.stdout, out = _pipe()
        self.stderr, err = _pipe()
        given = (str(folder), dict(env), arguments, None if log is None else str(log), out, err)
        self._process = FORKS.Process(target=_run, args=given, daemon=True)
        self._process.start()
        out.close()
        err.close()

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it lives."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Return the exit code; None while it lives."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code.

        Raises:
            subprocess.TimeoutExpired: it lives on.
        """
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("promptbeam", timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self._process.pid is not None and self.poll() is None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """End it with SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read both outputs to their end and wait; see ``wait``."""
        said: dict[TextIO, str] = {}

        def read(stream: TextIO) -> None:
            said[stream] = stream.read()

        readers = [threading.Thread(target=read, args=(one,)) for one in (self.stdout, self.stderr)]
        for reader in readers:
            reader.start()
        self.wait(timeout)
        for reader in readers:
            reader.join()
        self.stdout.close()
        self.stderr.close()
        return said[self.stdout], said[self.stderr]


def _pipe() -> tuple[TextIO, Connection]:
    reader, writer = FORKS.Pipe(duplex=False)
    ours = os.fdopen(os.dup(reader.fileno()), encoding="utf-8")
    reader.close()
    return ours, writer


def _run(
    folder: str,
    env: dict[str, str],
    arguments: tuple[str, ...],
    log: str | None,
    out: Connection,
    err: Connection,
) -> None:
    """The body of the child."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.path.insert(0, folder)  # as ``python -m`` has it
    outputs = (out.fileno(), err.fileno())
    if log is not None:
        outputs = (os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),) * 2
    os.dup2(outputs[0], 1)
    os.dup2(outputs[1], 2)
    out.close()
    err.close()

    from bot.cli.main import main

    main(list(arguments))
