"""The result of an evolution as its durable events tell it, for whoever was not there."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TypeVar

from optimizer.errors import InputError
from optimizer.events import Event
from optimizer.evolution.events import (
    ApplicationFinished,
    DataMeasured,
    EvolutionFinished,
    EvolutionStarted,
    MethodProposal,
    MethodScored,
    MethodSelected,
)
from optimizer.evolution.methods import FIRST_ID
from optimizer.evolution.run import EvolveResult
from optimizer.holdout_events import HoldoutTested

E = TypeVar("E", bound=Event)


def result_of(run_id: str, events: Sequence[Event], seconds: float) -> EvolveResult:
    """Return the result that ``events`` end with; ``seconds`` is the wall-clock time, which they do not tell.

    Raises:
        InputError: the events do not reach the end of the run.
    """
    finished = _last(events, EvolutionFinished)
    if finished is None:
        raise InputError(f"Run {run_id} has not ended.", "Wait for its end.")
    applied = _last(events, ApplicationFinished)
    return EvolveResult(
        run_id=run_id,
        failure_rate=_rates(events),
        lineage=_lineage(events, finished.first_method),
        holdout=_last(events, HoldoutTested),
        rows=applied.rows if applied else 0,
        evolved=applied.evolved if applied else 0,
        kept=applied.kept if applied else 0,
        unusable=applied.unusable if applied else 0,
        failures=applied.failures if applied else (),
        measured=_last(events, DataMeasured),
        seconds=seconds,
        **{item.name: getattr(finished, item.name) for item in dataclasses.fields(finished)},
    )


def lineage_of(events: Sequence[Event]) -> tuple[MethodProposal, ...]:
    """Return every accepted method, the first one first; none when ``events`` tell of no evolution."""
    started = _last(events, EvolutionStarted)
    return _lineage(events, started.method) if started else ()


def _rates(events: Sequence[Event]) -> tuple[tuple[int, float], ...]:
    """Return the best method's rate at the start and after each step."""
    baseline = [event for event in events if isinstance(event, MethodScored) and not event.step]
    first = _last(baseline, MethodScored)
    rates = [(0, first.rate)] if first else []
    rates += [
        (event.step, event.rate) for event in events if isinstance(event, MethodSelected) and event.step
    ]
    return tuple(rates)


def _lineage(events: Sequence[Event], first_method: str) -> tuple[MethodProposal, ...]:
    accepted = [event for event in events if isinstance(event, MethodSelected) and event.improved]
    return (
        MethodProposal(FIRST_ID, "", first_method),
        *(MethodProposal(event.method, event.parent, event.text) for event in accepted if event.step),
    )


def _last(events: Sequence[Event], kind: type[E]) -> E | None:
    return next((event for event in reversed(events) if isinstance(event, kind)), None)
