"""Named rules that find failed evolutions."""

from __future__ import annotations

from optimizer.evolution.cases import EvolutionCase, Failure


def early_failure(case: EvolutionCase) -> Failure | None:
    """Return what can be seen without an answer."""
    if case.evolved and case.evolved == case.original:
        return Failure("unchanged", "The instruction was not changed.")
    return None


def find_failure(case: EvolutionCase) -> Failure | None:
    """Return what any rule finds."""
    if "please provide" in (case.response or "").lower():
        return Failure("lost key information", "The answer asks for something that the instruction lacks.")
    return early_failure(case)
