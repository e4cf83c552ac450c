"""What is known of the runs under way, for whoever looks from outside their threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from bot.slack.escaping import Markup
from storage.runs import RunRecord

_MOST = 500


@dataclass(frozen=True, slots=True)
class Glance:
    """A run at a glance: ``stage`` in one word, ``line`` its progress; ``cost`` in dollars if it is known."""

    stage: str
    line: Markup
    calls: int = 0
    cost: float | None = None


class RunBoard:
    """Views put up how their runs stand; watchers hear when a run reaches another stage. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Glance] = {}
        self._watchers: list[Callable[[RunRecord], None]] = []

    def watch(self, watcher: Callable[[RunRecord], None]) -> None:
        """Call ``watcher`` with each run that reaches another stage; it must not block."""
        self._watchers.append(watcher)

    def put(self, run: RunRecord, glance: Glance) -> None:
        """Put up how a run stands now."""
        with self._lock:
            before = self._known.pop(run.id, None)
            self._known[run.id] = glance
            while len(self._known) > _MOST:
                del self._known[next(iter(self._known))]
        if before is None or before.stage != glance.stage:
            for watcher in self._watchers:
                watcher(run)

    def of(self, run_id: str) -> Glance | None:
        """How a run stands; None when this process does not know."""
        with self._lock:
            return self._known.get(run_id)
