"""An evolution as one JSON document: result, statistics, spending and every event."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from optimizer.events import Event
from optimizer.evolution.events import EvolutionStarted
from optimizer.evolution.run import EvolveResult
from optimizer.spending import spending_fields
from optimizer.stored_events import event_to_dict

VERSION = 1


def build_evolution_report(result: EvolveResult, events: Sequence[Event]) -> dict[str, Any]:
    """Return the report of an evolution as plain JSON values; ``docs/report.md`` explains each field."""
    started = next((event for event in events if isinstance(event, EvolutionStarted)), None)
    return {
        "version": VERSION,
        "run_id": result.run_id,
        "algorithm": started.algorithm if started else None,
        "seed": started.seed if started else None,
        "data": started.data if started else None,
        "shape": started.shape if started else None,
        "evol_model": started.evol_model if started else None,
        "answer_model": started.answer_model if started else None,
        "optimizer_model": started.optimizer_model if started else None,
        "first_method": result.first_method,
        "final_method": result.final_method,
        "first_rate": result.first_rate,
        "final_rate": result.final_rate,
        "failure_rate": [{"step": step, "rate": rate} for step, rate in result.failure_rate],
        "lineage": [dataclasses.asdict(method) for method in result.lineage],
        "verdict": result.verdict,
        "holdout": _plain(result.holdout),
        "steps": result.steps,
        "stopped_because": result.stopped_because,
        "rows": _rows(result),
        "failures": {item.rule: item.count for item in result.failures},
        "measured": _plain(result.measured),
        "warnings": list(started.warnings) if started else [],
        **spending_fields(result),
        "events": [event_to_dict(event) for event in events],
    }


def _rows(result: EvolveResult) -> dict[str, int]:
    return {
        "total": result.rows,
        "evolved": result.evolved,
        "kept": result.kept,
        "unusable": result.unusable,
    }


def _plain(record: Any) -> dict[str, Any] | None:
    """Return a record's fields with lists for tuples; None stays None."""
    if record is None:
        return None
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in dataclasses.asdict(record).items()
    }
