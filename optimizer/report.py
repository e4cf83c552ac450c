"""An optimisation as one JSON document: result, statistics, spending and every event."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from optimizer.events import Event, RunStarted
from optimizer.holdout_events import HoldoutDetails
from optimizer.run import Result
from optimizer.search.prompt_evolution.changes import changed_sections
from optimizer.spending import spending_fields
from optimizer.stored_events import event_to_dict

VERSION = 1


def build_report(result: Result, events: Sequence[Event]) -> dict[str, Any]:
    """Return the report of a finished run as plain JSON values; ``docs/report.md`` explains each field."""
    started = next((event for event in events if isinstance(event, RunStarted)), None)
    details = next((event for event in events if isinstance(event, HoldoutDetails)), None)
    return {
        "version": VERSION,
        "run_id": result.run_id,
        "algorithm": started.algorithm if started else None,
        "preset": started.preset if started else None,
        "seed": started.seed if started else None,
        "metric": started.metric if started else None,
        "task_model": started.task_model if started else None,
        "optimizer_model": started.optimizer_model if started else None,
        "seed_prompt": result.seed_prompt,
        "final_prompt": result.final_prompt,
        "candidate_prompt": result.candidate_prompt,
        "verdict": result.verdict,
        "holdout": _holdout(result),
        "confusion": [dataclasses.asdict(item) for item in details.confusion] if details else [],
        "changed": [dataclasses.asdict(item) for item in details.changed] if details else [],
        "sections": [dataclasses.asdict(item) for item in changed_sections(events)],
        "rounds": result.rounds,
        **spending_fields(result),
        "stopped_because": result.stopped_because,
        "events": [event_to_dict(event) for event in events],
    }


def _holdout(result: Result) -> dict[str, Any] | None:
    if result.holdout is None:
        return None
    fields = dataclasses.asdict(result.holdout)
    fields["interval"] = list(result.holdout.interval)
    return fields
