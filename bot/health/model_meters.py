"""Meters between the runs and their models: what was paid, what came from the journal, what failed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.health.metrics import Metrics
from optimizer.model.protocol import Journal, JournalEntry
from optimizer.model.settings import ModelSettings
from optimizer.model.trace import CallSpan, CallTrace

OTHER_MODEL = "other"


def models_of(settings: ModelSettings) -> frozenset[str]:
    """Return the names of models that may stand in a label: those of the settings."""
    return frozenset(
        name
        for name in (
            settings.task_model,
            settings.optimizer_model,
            settings.evol_model,
            settings.answer_model,
        )
        if name
    )


@dataclass(frozen=True, slots=True)
class MeteredJournal:
    """Implements ``Journal``: counts what passes through."""

    journal: Journal
    metrics: Metrics
    models: Collection[str]

    def find(self, key: str) -> JournalEntry | None:
        """See ``Journal.find``."""
        found = self.journal.find(key)
        if found is not None:
            self.metrics.model_calls_repeated.inc()
        return found

    async def record(self, entry: JournalEntry) -> None:
        """See ``Journal.record``."""
        await self.journal.record(entry)
        model, answer = _label(entry.model, self.models), entry.answer
        self.metrics.model_calls.labels(model).inc()
        self.metrics.model_tokens.labels(model, "input").inc(answer.input_tokens)
        self.metrics.model_tokens.labels(model, "output").inc(answer.output_tokens)
        self.metrics.model_cost.labels(model).inc(answer.cost or 0.0)


class MeteredTrace(CallTrace):
    """A trace that counts attempts and keeps none."""

    def __init__(self, metrics: Metrics, models: Collection[str]) -> None:
        super().__init__()
        self._metrics = metrics
        self._models = models

    def add(self, span: CallSpan) -> None:
        """Count one attempt."""
        model = _label(span.model, self._models)
        self._metrics.model_attempts.labels(model, "answered" if span.ok else "failed").inc()
        self._metrics.model_seconds.labels(model).observe(span.ended - span.started)


def _label(model: str, known: Collection[str]) -> str:
    return model if model in known else OTHER_MODEL
