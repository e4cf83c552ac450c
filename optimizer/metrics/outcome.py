"""What a metric says of one answer, and the protocol that every metric follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Status = Literal["correct", "wrong", "unparseable"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The worth of one answer: ``score`` in 0..1, what was understood of it, and why."""

    score: float
    status: Status
    understood: str
    """The label or value read out of the answer; for an unparseable one the start of the answer."""
    explanation: str = ""
    """One sentence for the critic; empty when there is nothing to say."""


class Metric(Protocol):
    """Judges one answer against what was expected. Pure: equal arguments give equal outcomes."""

    name: str

    def judge(self, expected: str, answer: str) -> Outcome:
        """Return the outcome of ``answer``; never raises for any text that a model may write."""
        ...


def unparseable(answer: str, wanted: str) -> Outcome:
    """Return the outcome of an answer in which nothing could be recognised."""
    shown = " ".join(answer.split())[:200] or "(empty answer)"
    return Outcome(0.0, "unparseable", shown, f"The answer is not {wanted}.")
