"""What a metric says of one answer, and the protocol that every metric follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

Status = Literal["correct", "wrong", "unparseable", "failed"]
"""``failed`` blames the metric, not the answer: it raised, or its judge gave no readable verdict."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The worth of one answer: ``score`` in 0..1, what was understood of it, and why."""

    score: float
    status: Status
    understood: str
    """The label or value read out of the answer; for an unparseable one the start of the answer."""
    explanation: str = ""
    """What the critic cannot see from the expected and the given answer; empty when there is nothing."""


@runtime_checkable
class Metric(Protocol):
    """Judges one answer against what was expected. Pure: equal arguments give equal outcomes.

    A metric whose scores lie between 0 and 1 says so with an attribute ``graded = True``.
    """

    name: str

    def judge(self, expected: str, answer: str) -> Outcome:
        """Return the outcome of ``answer``; never raises for any text that a model may write."""
        ...


def unparseable(answer: str, wanted: str) -> Outcome:
    """Return the outcome of an answer in which nothing could be recognised."""
    shown = " ".join(answer.split())[:200] or "(empty answer)"
    return Outcome(0.0, "unparseable", shown, f"The answer is not {wanted}.")


def failed(why: str) -> Outcome:
    """Return the outcome of an answer that the metric itself could not judge."""
    return Outcome(0.0, "failed", "", why)
