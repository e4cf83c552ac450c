"""What reflective racing tells: its events, made from standings and reflections."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.control import Feedback
from optimizer.events import (
    ArmScore,
    BeamSelected,
    CandidatesProposed,
    ErrorCase,
    ErrorsGrouped,
    EventSink,
    FeedbackTaken,
    GradientsFound,
    Proposal,
    RoundStarted,
)
from optimizer.search.candidates import Candidate
from optimizer.search.racing.frontier import Standing
from optimizer.search.racing.reflection import Reflection

_SHOWN_ERRORS = 3


def tell_start(
    emit: EventSink, number: int, rounds: int, parents: Sequence[Standing], feedback: Sequence[Feedback]
) -> None:
    """Tell that a round begins, and whose words it takes up."""
    emit(RoundStarted(number, rounds, tuple(parent.candidate.id for parent in parents)))
    for words in feedback:
        emit(FeedbackTaken(number, words.text, words.author))


def tell_reasons(emit: EventSink, number: int, reflection: Reflection) -> None:
    """Tell a parent's errors, a few of them in full, and the reasons found per batch."""
    parent = reflection.parent
    wrong = [item for item in parent.judged if item.is_wrong]
    shown = [item for batch in reflection.batches for item in batch][:_SHOWN_ERRORS]
    sample = tuple(ErrorCase(item.example.shown, item.example.expected, item.answer) for item in shown)
    name = parent.candidate.id
    emit(ErrorsGrouped(number, name, len(reflection.judged), len(wrong), len(reflection.batches), sample))
    for index, reasons in enumerate(reflection.reasons):
        emit(GradientsFound(number, name, index, reasons))


def tell_proposals(emit: EventSink, number: int, admitted: Sequence[Candidate]) -> None:
    """Tell the newcomers that go into the race."""
    proposals = tuple(
        Proposal(item.id, item.parent, item.origin, item.reason, item.prompt.text) for item in admitted
    )
    emit(CandidatesProposed(number, proposals))


def tell_best(
    emit: EventSink,
    number: int,
    ranked: Sequence[Standing],
    parent: Candidate,
    *,
    improved: bool,
    calls: int,
) -> None:
    """Tell the population, best first; ``parent`` is where its best comes from, itself for a first prompt."""
    best = ranked[0].candidate
    emit(
        BeamSelected(
            round=number,
            beam=tuple(ArmScore(item.candidate.id, item.mean(), len(item.judged)) for item in ranked),
            best=best.id,
            best_score=ranked[0].mean(),
            best_text=best.prompt.text,
            parent_text=parent.prompt.text,
            reason=best.reason,
            improved=improved,
            calls=calls,
        )
    )
