"""Child processes of the sandbox: started by module name, ready when they say so, gone with the parent."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from optimizer.errors import ConfigError


class Child:
    """A sandbox server in a process of its own; ``ready`` holds what it printed when it was ready.

    The bot imports nothing of the sandbox: it talks to it over HTTP, as it does to the real thing.
    """

    def __init__(self, module: str, arguments: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", module, "--exit-with-parent", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        try:
            self.ready: dict[str, Any] = json.loads(line)
        except json.JSONDecodeError:
            self.close()
            raise ConfigError(f"{module} did not start.", f"Run 'python -m {module}' to see why.") from None

    def close(self) -> None:
        """Ask the process to end and wait for it."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
