"""Puts the prompt that a finished run produced into the library."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

from bot.background.memory import keep_lessons
from bot.background.prompt_ids import prompt_id_of
from optimizer.errors import PromptbeamError
from optimizer.run import Result
from optimizer.task import Task
from storage.prompts import PromptRecord
from storage.runs import RunRecord
from storage.store import Store
from storage.visibility import Viewer

logger = logging.getLogger(__name__)
TITLE_CHARS = 80


def title_of(prompt: str, goal: str = "") -> str:
    """A short name for a prompt: its goal when one was given, else its first line that says something."""
    lines = [line.strip() for line in (goal or prompt[:20_000]).splitlines()]
    spoken = [line for line in lines if any(map(str.isalnum, line))]
    source = next((line for line in spoken if not line.startswith(("#", "---"))), spoken[0] if spoken else "")
    line = " ".join(source.strip("# \t").split())
    return (line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rstrip() + "…") or "(untitled)"


def keep_prompt(store: Store, run: RunRecord, task: Task, result: Result, algorithm: str) -> None:
    """Store the final prompt, with what was shown about it, and what was learned on the way.

    A run that was never tested leaves none. A library that cannot be written is logged: the result
    still reaches its owner.
    """
    tested = result.holdout
    if tested is None:
        return
    stored = store.runs.get(run.id)  # its channel, or who may see it, may have changed since it began
    record = PromptRecord(
        id=prompt_id_of(run.id),
        run_id=run.id,
        version=1,
        title=title_of(result.seed_prompt, task.goal),
        text=result.final_prompt,
        seed_text=result.seed_prompt,
        owner=run.owner,
        place=stored.place,
        only_me=stored.only_me,
        verdict=result.verdict,
        seed_score=tested.seed_score,
        final_score=tested.final_score,
        holdout_n=tested.n,
        metric=task.metric.name,
        algorithm=algorithm,
        created_at=time.time(),
        parent=str(run.request.get("parent") or ""),
    )
    try:
        add_version(store, record)
        keep_lessons(
            store, replace(run, place=record.place, only_me=record.only_me), task, store.runs.events(run.id)
        )
    except PromptbeamError as error:
        logger.error("the prompt of run %s was not kept: %s", run.id, error.message)


def add_version(store: Store, record: PromptRecord) -> None:
    """Store a run's final prompt: its first version, or the next one when the run went on and found another.

    Raises:
        StorageError: the library cannot be written.
    """
    before = store.prompts.of_run(record.run_id, Viewer(user="", team="", everything=True))
    if before and before[-1].text == record.text:
        return
    if before:
        version = before[-1].version + 1
        record = replace(record, id=f"{record.id}-{version}", version=version, parent=before[-1].id)
    store.prompts.add(record)
