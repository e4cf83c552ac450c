"""Events as plain JSON values and back: the form in which they are stored and reported."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from optimizer.errors import InputError
from optimizer.events import (
    BaselineScored,
    BeamSelected,
    BudgetSpent,
    CandidateRejected,
    CandidatesProposed,
    ErrorsGrouped,
    Event,
    FeedbackTaken,
    GradientsFound,
    GradientsSummarised,
    Progress,
    RoundStarted,
    RunFinished,
    RungScored,
    RunStarted,
)
from optimizer.evolution import events as evolution
from optimizer.holdout_events import HoldoutDetails, HoldoutTested
from optimizer.search.prompt_evolution.events import SectionsChanged

EVENT_TYPES: Mapping[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        RunStarted,
        BaselineScored,
        RoundStarted,
        ErrorsGrouped,
        GradientsFound,
        GradientsSummarised,
        CandidatesProposed,
        SectionsChanged,
        CandidateRejected,
        RungScored,
        BeamSelected,
        FeedbackTaken,
        Progress,
        BudgetSpent,
        HoldoutTested,
        HoldoutDetails,
        RunFinished,
        evolution.EvolutionStarted,
        evolution.MethodScored,
        evolution.StepStarted,
        evolution.TrajectoriesEvolved,
        evolution.TrajectoriesAnalysed,
        evolution.MethodsProposed,
        evolution.MethodRejected,
        evolution.MethodSelected,
        evolution.ApplicationStarted,
        evolution.DataMeasured,
        evolution.ApplicationFinished,
        evolution.EvolutionFinished,
    )
}


def event_to_dict(event: Event) -> dict[str, Any]:
    """Turn an event into plain JSON values, with its ``kind`` under that key."""
    return {"kind": event.kind, **dataclasses.asdict(event)}


def event_from_dict(data: Mapping[str, Any]) -> Event:
    """Rebuild an event from ``event_to_dict``'s form.

    Fields that a newer version wrote and this one does not know are dropped.

    Raises:
        InputError: the kind is unknown or a field is missing.
    """
    cls = EVENT_TYPES.get(str(data.get("kind")))
    if cls is None:
        raise InputError(f"Unknown event kind {data.get('kind')!r}.", "Was it stored by a newer version?")
    parts = _parts(cls.kind)
    values = {name: _thaw(parts[name], value) for name, value in data.items() if name in parts}
    try:
        return cls(**values)
    except TypeError as error:
        raise InputError(
            f"A stored {cls.kind} event lacks a field.", "Was it stored by another version?"
        ) from error


@cache
def _parts(kind: str) -> Mapping[str, type[Any] | None]:
    """Return the fields of an event, each with the record type that it holds one or many of, or None."""
    cls = EVENT_TYPES[kind]
    hints = get_type_hints(cls)
    return {field.name: _part(hints[field.name]) for field in dataclasses.fields(cls)}


def _part(hint: Any) -> type[Any] | None:
    inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
    return inner if isinstance(inner, type) and dataclasses.is_dataclass(inner) else None


def _thaw(part: type[Any] | None, value: Any) -> Any:
    if part is not None:
        return tuple(part(**item) for item in value) if isinstance(value, list | tuple) else part(**value)
    if not isinstance(value, list | tuple):
        return value
    return tuple(tuple(item) if isinstance(item, list | tuple) else item for item in value)
