"""Metrics that ask a model: what they are given, and the protocol they follow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from optimizer.metrics.outcome import Metric, Outcome
from optimizer.model.protocol import Model


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """One answer to be judged. ``expected`` is empty for a task without expected answers."""

    row: int
    shown: str
    """The input as one text."""
    expected: str
    answer: str
    is_first: bool
    """Whether the first prompt gave this answer."""
    first_answer: Callable[[], Awaitable[str]]
    """Asks for the first prompt's answer to the same input; paid at most once per run."""


@runtime_checkable
class JudgedMetric(Protocol):
    """Judges an answer with the help of a model.

    ``calls_per_answer`` is the most model calls that one judgement takes beside the answer itself;
    forecasts and budgets count with it. ``judge_model`` names the model, empty for the optimizer
    model. ``criteria`` are the person's own words, shown to the critic as well.
    """

    name: str
    graded: bool
    criteria: str
    judge_model: str
    calls_per_answer: int

    async def assess(self, case: JudgedCase, model: Model) -> Outcome:
        """Return the outcome of one answer.

        Raises:
            ModelError, BudgetExhausted, RunCancelled: from the model's door.
        """
        ...


@runtime_checkable
class AggregateMetric(Protocol):
    """A metric whose score over many examples is not the mean of their scores."""

    name: str

    def aggregate(self, expected: Sequence[str], outcomes: Sequence[Outcome]) -> float:
        """Return the score (0..1) over all the examples together."""
        ...


AnyMetric: TypeAlias = Metric | JudgedMetric


def calls_per_answer(metric: AnyMetric) -> int:
    """Return the most model calls that judging one answer takes."""
    return metric.calls_per_answer if isinstance(metric, JudgedMetric) else 0


def is_graded(metric: AnyMetric) -> bool:
    """Tell whether scores between 0 and 1 occur."""
    return bool(getattr(metric, "graded", False))


def judge_model(metric: AnyMetric) -> str:
    """Return the name of the model that a metric wants to ask; empty for the optimizer model or none."""
    return metric.judge_model if isinstance(metric, JudgedMetric) else ""
