"""Records for the storage tests, with defaults for all that a test does not care about."""

from __future__ import annotations

from typing import Any

from optimizer.model.protocol import JournalEntry, ModelAnswer
from storage.prompts import PromptRecord
from storage.runs import RunRecord
from storage.visibility import Place

PUBLIC = Place("T1", "C-open", "public")
PRIVATE = Place("T1", "C-lab", "private")


def run(run_id: str = "run-1", **changes: Any) -> RunRecord:
    values: dict[str, Any] = {
        "id": run_id,
        "kind": "optimize",
        "status": "queued",
        "owner": "alice",
        "place": PUBLIC,
        "request": {"prompt": "Sort the ticket.", "preset": "quick"},
        "created_at": 1000.0,
    }
    return RunRecord(**{**values, **changes})


def prompt(name: str = "p1", text: str = "Sort support tickets by topic.", **changes: Any) -> PromptRecord:
    values: dict[str, Any] = {
        "id": name,
        "run_id": f"run-{name}",
        "version": 1,
        "title": f"Title of {name}",
        "text": text,
        "seed_text": "First words",
        "owner": "alice",
        "place": PUBLIC,
        "only_me": False,
        "verdict": "better",
        "seed_score": 0.5,
        "final_score": 0.75,
        "holdout_n": 80,
        "metric": "label",
        "algorithm": "protegi",
        "created_at": 1000.0,
    }
    return PromptRecord(**{**values, **changes})


def entry(key: str, text: str = "yes", **changes: Any) -> JournalEntry:
    values: dict[str, Any] = {"run_id": "run-1", "model": "m", "purpose": "task"}
    values.update(changes)
    return JournalEntry(key=key, answer=ModelAnswer(text, 10, 2, "stop", 0.001), **values)
