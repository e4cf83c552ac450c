"""Gathers what the events of one round teach, so that it can be told in one reply."""

from __future__ import annotations

from bot.slack.messages.steps import RoundNotes
from optimizer.events import (
    BaselineScored,
    BeamSelected,
    CandidatesProposed,
    ErrorCase,
    ErrorsGrouped,
    Event,
    FeedbackTaken,
    GradientsFound,
    GradientsSummarised,
    RoundStarted,
)

_MOST_REASONS = 3
_MOST_CASES = 4


class RoundNotebook:
    """Reads the stream of one run; used from one thread."""

    def __init__(self) -> None:
        self._best: float | None = None
        self._rounds = 0
        self._clear()

    def _clear(self) -> None:
        self._summary = ""
        self._cases: list[ErrorCase] = []
        self._reasons: list[str] = []
        self._proposed = 0
        self._feedback: list[tuple[str, str]] = []

    def read(self, event: Event) -> None:
        """Take note of one event."""
        match event:
            case BaselineScored():
                self._best = event.score
            case RoundStarted():
                self._clear()
                self._rounds = event.rounds
            case ErrorsGrouped():
                room = _MOST_CASES - len(self._cases)
                self._cases.extend(event.sample[:room])
            case GradientsFound():
                room = _MOST_REASONS - len(self._reasons)
                self._reasons.extend(event.reasons[:room])
            case GradientsSummarised():
                self._summary = event.summary
            case CandidatesProposed():
                self._proposed += len(event.proposals)
            case FeedbackTaken():
                self._feedback.append((event.author, event.text))
            case _:
                pass

    def close(self, selected: BeamSelected) -> RoundNotes:
        """Return the notes of the round that ``selected`` ends."""
        notes = RoundNotes(
            round=selected.round,
            rounds=max(self._rounds, selected.round),
            before=self._best,
            selected=selected,
            summary=self._summary,
            cases=tuple(self._cases),
            reasons=tuple(self._reasons),
            proposed=self._proposed,
            feedback=tuple(self._feedback),
        )
        self._best = selected.best_score
        self._clear()
        return notes
