"""What is evolved: instruction data, and the method to begin with."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.instructions.records import InstructionSource


@dataclass(frozen=True, slots=True)
class EvolveTask:
    """One evolution's material. ``method`` "" means our own first method; ``goal`` is a person's wish."""

    source: InstructionSource
    method: str = ""
    goal: str = ""
