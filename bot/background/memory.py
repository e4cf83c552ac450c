"""Team memory at the two ends of a run: what it learned is kept, what others learned is looked up."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence

from bot.background.prompt_ids import comes_from
from optimizer.errors import PromptbeamError
from optimizer.events import BeamSelected, Event, GradientsSummarised
from optimizer.holdout_events import HoldoutTested
from optimizer.task import Task
from storage.lessons import Lesson, Recalled
from storage.runs import RunRecord
from storage.store import Store
from storage.visibility import Viewer

logger = logging.getLogger(__name__)

MOST_TOLD = 3
"""Lessons that one run is told."""
_LONGEST_LESSON = 2_000
_LONGEST_ABOUT = 4_000


def about(task: Task) -> str:
    """Describe a task by its goal, its first prompt and its labels: the text by which likeness is judged."""
    return about_words(task.goal, task.prompt.text, " ".join(task.labels), " ".join(task.roles.inputs))


def about_words(*parts: str) -> str:
    """Describe a task by as much as is known of it."""
    return "\n".join(part for part in parts if part.strip())[:_LONGEST_ABOUT]


def keep_lessons(store: Store, run: RunRecord, task: Task, events: Iterable[Event]) -> int:
    """Store what the rounds that found a better prompt had learned, if the run was shown to be better.

    Returns how many were new. A store that cannot be written is logged: the result matters more.
    """
    learned, gain = _learned(events)
    place = run.place
    kept = 0
    try:
        for number, text in learned:
            lesson = Lesson(
                id=f"{run.id}/{number}",
                run_id=run.id,
                round=number,
                text=text[:_LONGEST_LESSON],
                about=about(task),
                metric=task.metric.name,
                gain=gain,
                owner=run.owner,
                place=place,
                only_me=run.only_me,
                created_at=time.time(),
            )
            kept += store.lessons.add(lesson)
    except PromptbeamError as error:
        logger.error("the lessons of run %s were not kept: %s", run.id, error.message)
    return kept


def recall_lessons(
    store: Store, run: RunRecord, task: Task, readers: Sequence[Viewer], limit: int = MOST_TOLD
) -> list[Recalled]:
    """Return what runs on similar tasks learned, as far as all ``readers`` of the run may see it.

    What a run is told appears in its thread and in its prompt, so those who read the thread count, its
    owner among them (``storage.visibility.readers``). What its own first prompt comes from is not told again.
    A store that cannot be read is logged: the run starts cold.
    """
    *others, narrowest = readers
    try:
        found = store.lessons.recall(about(task), narrowest, limit + 1, exclude_run=run.id, others=others)
        parent = str(run.request.get("parent") or "")
        return [one for one in found if not comes_from(parent, one.lesson.run_id)][:limit]
    except PromptbeamError as error:
        logger.warning("no lesson is recalled for run %s: %s", run.id, error.message)
        return []


def texts(recalled: Sequence[Recalled]) -> tuple[str, ...]:
    """Return the lessons as a task takes them (``optimizer.task.warm_started``)."""
    return tuple(found.lesson.text for found in recalled)


def _learned(events: Iterable[Event]) -> tuple[list[tuple[int, str]], float]:
    """Return round and summary of the rounds that improved, and the gain; none unless it was shown better."""
    summaries: dict[int, str] = {}
    improved: set[int] = set()
    gain = 0.0
    for event in events:
        match event:
            case GradientsSummarised(round=number, summary=summary) if summary.strip():
                summaries[number] = summary.strip()
            case BeamSelected(improved=True):
                improved.add(event.round)
            case HoldoutTested(verdict="better"):
                gain = event.difference
            case _:
                pass
    if gain <= 0:
        return [], 0.0
    return [(number, text) for number, text in sorted(summaries.items()) if number in improved], gain
