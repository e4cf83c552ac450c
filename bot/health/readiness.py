"""Whether a process can do its work now, and if not, why: plain words without names, secrets or prompts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

Check = Callable[[], str]
"""Says in a few words what is wrong, nothing when all is well. It may block."""

_PATIENCE = 3.0


class Readiness:
    """Not ready while something holds it, and when a check finds something wrong. Safe from any thread.

    The checks run in a thread of their own, once at a time: a database that hangs makes the answer
    late by ``patience`` seconds, and holds up nobody else.
    """

    def __init__(self, *, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._held = "it is starting"
        self._checks: tuple[Check, ...] = ()
        self._asked: Future[tuple[str, ...]] | None = None

    def hold(self, reason: str) -> None:
        """Be not ready for ``reason`` until ``watch`` is called."""
        self._held = reason

    def watch(self, *checks: Check) -> None:
        """Be ready whenever all of these find nothing wrong."""
        self._checks = checks
        self._held = ""

    def reasons(self) -> tuple[str, ...]:
        """Return why the process cannot work now; empty when it can."""
        if self._held:
            return (self._held,)
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                threading.Thread(
                    target=_ask, args=(self._checks, self._asked), name="readiness", daemon=True
                ).start()
            asked = self._asked
        try:
            return asked.result(self._patience)
        except TimeoutError:
            return ("a check does not come back: the database may be out of reach",)


def _ask(checks: tuple[Check, ...], answer: Future[tuple[str, ...]]) -> None:
    try:
        answer.set_result(tuple(reason for check in checks if (reason := check())))
    except Exception as error:  # noqa: BLE001 - the boundary of this thread: whoever waits is told
        answer.set_result((f"a check failed ({type(error).__name__})",))
