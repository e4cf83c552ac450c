"""Which of the configured models does what in an evolution."""

from __future__ import annotations

from optimizer.model.settings import ModelSettings


def evol_model(settings: ModelSettings) -> str:
    """Return the name of the model that rewrites instructions."""
    return settings.evol_model or settings.task_model


def answer_model(settings: ModelSettings) -> str:
    """Return the name of the model that answers evolved instructions."""
    return settings.answer_model or settings.task_model
