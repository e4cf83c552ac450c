"""Starting a search from more than the first prompt: given prompts, and lessons of earlier runs."""

from __future__ import annotations

from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import SEED_ID, Candidate

LESSON_AUTHOR = "an earlier run"
"""Who a lesson comes from, as people's words are told with their author."""


def given_starts(context: SearchContext) -> tuple[Candidate, ...]:
    """Return the task's further prompts as candidates."""
    return tuple(
        Candidate(f"start.{number}", prompt, SEED_ID, "start")
        for number, prompt in enumerate(context.task.starts, start=1)
    )


def take_lessons(context: SearchContext) -> None:
    """Let the first round take the task's lessons as if a person had said them."""
    for lesson in context.task.lessons:
        context.control.add_feedback(lesson, LESSON_AUTHOR)
