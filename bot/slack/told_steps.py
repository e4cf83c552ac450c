"""What a run's events tell of its rounds or steps, made again from the stored history."""

from __future__ import annotations

from collections.abc import Iterable

from bot.background.evolve_work import EvolveWork
from bot.slack.blocks import Message
from bot.slack.messages.card import EVOLVING, OPTIMISING, CardWords
from bot.slack.messages.evolution_steps import step_reply
from bot.slack.messages.steps import round_reply
from bot.slack.round_notes import RoundNotebook
from bot.slack.step_notes import StepNotebook
from optimizer.events import BeamSelected, Event
from optimizer.evolution.events import MethodSelected


def words_of(kind: str) -> CardWords:
    """How a kind of run speaks of itself."""
    return EVOLVING if kind == EvolveWork.kind else OPTIMISING


def told_step(kind: str, events: Iterable[Event], number: int) -> Message | None:
    """Return what the thread was told about one round or step; None when the history does not reach it."""
    return _told_evolution(events, number) if kind == EvolveWork.kind else _told_round(events, number)


def _told_round(events: Iterable[Event], number: int) -> Message | None:
    notebook = RoundNotebook()
    for event in events:
        notebook.read(event)
        if isinstance(event, BeamSelected):
            notes = notebook.close(event)
            if event.round == number:
                return round_reply(notes)
    return None


def _told_evolution(events: Iterable[Event], number: int) -> Message | None:
    notebook = StepNotebook()
    for event in events:
        notebook.read(event)
        if isinstance(event, MethodSelected) and event.step > 0:
            notes = notebook.close(event)
            if event.step == number:
                return step_reply(notes)
    return None
