"""Gathers what the events of one evolution step teach, so that it can be told in one reply."""

from __future__ import annotations

from bot.slack.messages.evolution_steps import StepNotes
from optimizer.events import Event, FeedbackTaken, GradientsSummarised
from optimizer.evolution.events import (
    EvolutionStarted,
    EvolvedSample,
    MethodScored,
    MethodSelected,
    MethodsProposed,
    StepStarted,
    TrajectoriesAnalysed,
    TrajectoriesEvolved,
)

_MOST_REASONS = 3
_MOST_SAMPLES = 2


class StepNotebook:
    """Reads the stream of one evolution; used from one thread."""

    def __init__(self) -> None:
        self._rate: float | None = None
        self._steps = 0
        self._dev = 0
        self._clear()

    def _clear(self) -> None:
        self._summary = ""
        self._reasons: dict[str, None] = {}
        self._samples: tuple[EvolvedSample, ...] = ()
        self._proposed = 0
        self._feedback: list[tuple[str, str]] = []

    def read(self, event: Event) -> None:
        """Take note of one event."""
        match event:
            case EvolutionStarted():
                self._dev = event.dev
            case MethodScored() if event.step == 0:
                self._rate = event.rate
            case StepStarted():
                self._clear()
                self._steps = event.steps
            case TrajectoriesEvolved():
                # failed pairs first: they are what the step is about
                self._samples = tuple(sorted(event.sample, key=lambda item: not item.failure)[:_MOST_SAMPLES])
            case TrajectoriesAnalysed():
                self._reasons.update(dict.fromkeys(case.reason for case in event.cases))
            case GradientsSummarised():
                self._summary = event.summary
            case MethodsProposed():
                self._proposed += len(event.methods)
            case FeedbackTaken():
                self._feedback.append((event.author, event.text))
            case _:
                pass

    def close(self, selected: MethodSelected) -> StepNotes:
        """Return the notes of the step that ``selected`` ends."""
        notes = StepNotes(
            steps=self._steps,
            before=self._rate,
            selected=selected,
            summary=self._summary,
            reasons=tuple(self._reasons)[:_MOST_REASONS],
            samples=self._samples,
            proposed=self._proposed,
            dev=self._dev,
            feedback=tuple(self._feedback),
        )
        self._rate = selected.rate
        self._clear()
        return notes
