"""What is evolved: instruction data, and the method to begin with."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.earlier_tests import EarlierTest
from optimizer.instructions.records import InstructionSource


@dataclass(frozen=True, slots=True)
class EvolveTask:
    """One evolution's material. ``method`` "" means our own first method; ``goal`` is a person's wish."""

    source: InstructionSource
    method: str = ""
    goal: str = ""
    earlier_tests: tuple[EarlierTest, ...] = ()
    """Tests whose verdicts people have seen before; those on the run's held-out rows make its test stricter."""
