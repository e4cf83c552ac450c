"""Events as plain JSON values and back: the form in which they are stored and reported."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from optimizer.errors import InputError
from optimizer.events import (
    ArmScore,
    BaselineScored,
    BeamSelected,
    BudgetSpent,
    CandidateRejected,
    CandidatesProposed,
    ChangedExample,
    ConfusionCount,
    ErrorCase,
    ErrorsGrouped,
    Event,
    FeedbackTaken,
    GradientsFound,
    GradientsSummarised,
    HoldoutDetails,
    HoldoutTested,
    Progress,
    Proposal,
    RoundStarted,
    RunFinished,
    RungScored,
    RunStarted,
)

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
        CandidateRejected,
        RungScored,
        BeamSelected,
        FeedbackTaken,
        Progress,
        BudgetSpent,
        HoldoutTested,
        HoldoutDetails,
        RunFinished,
    )
}
_PARTS: Mapping[str, type[Any]] = {
    "sample": ErrorCase,
    "proposals": Proposal,
    "arms": ArmScore,
    "beam": ArmScore,
    "confusion": ConfusionCount,
    "changed": ChangedExample,
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
    known = {field.name for field in dataclasses.fields(cls)}
    values = {name: _thaw(name, value) for name, value in data.items() if name in known}
    try:
        return cls(**values)
    except TypeError as error:
        raise InputError(
            f"A stored {cls.kind} event lacks a field.", "Was it stored by another version?"
        ) from error


def _thaw(name: str, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    part = _PARTS.get(name)
    if part is not None:
        return tuple(part(**item) for item in value)
    return tuple(tuple(item) if isinstance(item, list | tuple) else item for item in value)
