"""Keeping a run: its events in order, its end, and its final prompt in the library."""

from __future__ import annotations

import time
from collections.abc import Callable

from optimizer.events import Event, is_durable
from optimizer.run import Result
from optimizer.task import Task
from storage.prompts import PromptRecord
from storage.runs import RunRecord, RunTable
from storage.store import Store


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


def keep_final_prompt(
    store: Store, run: RunRecord, task: Task, result: Result, algorithm: str
) -> PromptRecord:
    """Add the run's final prompt to the library and return its record; again is harmless."""
    holdout = result.holdout
    record = PromptRecord(
        id=f"p-{run.id.removeprefix('r-')}",
        run_id=run.id,
        version=1,
        title=title_of(task.goal or result.final_prompt),
        text=result.final_prompt,
        seed_text=result.seed_prompt,
        owner=run.owner,
        place=run.place,
        only_me=run.only_me,
        verdict=result.verdict,
        seed_score=holdout.seed_score if holdout else None,
        final_score=holdout.final_score if holdout else None,
        holdout_n=holdout.n if holdout else 0,
        metric=task.metric.name,
        algorithm=algorithm,
        created_at=time.time(),
    )
    store.prompts.add(record)
    return record


def title_of(text: str, length: int = 80) -> str:
    """Return a prompt's first line that says something, shortened to ``length`` characters."""
    for line in text.splitlines():
        words = line.strip().lstrip("#").strip()
        if words and not line.lstrip().startswith("#"):
            return words if len(words) <= length else f"{words[: length - 1].rstrip()}…"
    return " ".join(text.split())[:length] or "Untitled prompt"
