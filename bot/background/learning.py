"""Lets a run start from what earlier runs learned: looked up once, and stored with the run."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from bot.background.desk import Desk
from storage.runs import RunRecord, RunTable


def with_lessons(runs: RunTable, run: RunRecord, task: Any, desk: Desk) -> RunRecord:
    """Return ``run`` with the lessons that it is told, if it asks for some. Blocks.

    They are stored before anything is paid for: a run that goes on after a crash is told the same.
    """
    if not run.request.get("learn") or run.request.get("lessons") is not None:
        return run
    request = {**run.request, "lessons": [asdict(lesson) for lesson in desk.lessons(run, task)]}
    runs.set_request(run.id, request)
    return replace(run, request=request)
