"""One evolution under judgement, and the interface of the rules that find it failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class EvolutionCase:
    """What a rule may look at. ``evolved`` is "" when the reply held no evolved instruction.

    ``response`` is None as long as nobody has paid for an answer to the evolved instruction.
    """

    original: str
    evolved: str
    method: str
    response: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed evolution: the rule that found it, and a sentence for people and for the analysis."""

    rule: str
    reason: str


class FailureRule(Protocol):
    """Finds one kind of failure. ``needs_response``: it cannot tell before there is an answer."""

    name: str
    needs_response: bool

    def why(self, case: EvolutionCase) -> str | None:
        """Return why ``case`` failed, None when this rule has nothing against it."""
        ...
