"""Keeping the events of a run that this process works on itself."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.events import Event, is_durable
from storage.runs import RunTable


class EventRecorder:
    """An event sink that numbers the durable events of a run and stores each once.

    A resumed run emits its events again from the start; ``forward`` is told for each whether it is new.
    """

    def __init__(
        self,
        runs: RunTable,
        run_id: str,
        forward: Callable[[Event, bool], None] = lambda event, is_new: None,
    ) -> None:
        self._runs = runs
        self._run_id = run_id
        self._forward = forward
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        """Store ``event`` if it is durable and not stored yet, then pass it on."""
        is_new = True
        if is_durable(event):
            is_new = self._runs.append_event(self._run_id, len(self.events), event)
            self.events.append(event)
        self._forward(event, is_new)
