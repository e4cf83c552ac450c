"""What became of the rows of an application, counted: of all rows at once, or of parts that are added up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from optimizer.evolution.cases import Failure
from optimizer.evolution.events import EvolvedSample, FailureCount
from optimizer.evolution.evolver import Evolved, ranked
from optimizer.evolution.samples_shown import shown_sample
from optimizer.evolution.sampling import shown
from optimizer.instructions.records import Fate

NO_BUDGET = Failure("budget", "The budget ended before this row.")


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the rows. ``before`` and ``after`` are the texts of the measured rows."""

    rows: int
    evolved: int
    kept: int
    unusable: int
    failures: tuple[FailureCount, ...]
    sample: tuple[EvolvedSample, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    out_of_budget: bool


@dataclass(slots=True)
class Tally:
    """Counts of rows. ``measured`` holds the results of the measured rows in their order."""

    fates: Counter[Fate] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    measured: list[Evolved] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return self.fates.total()

    def count(self, fate: Fate, result: Evolved | None, measured: frozenset[int]) -> None:
        """Count one row; ``result`` is None for an unusable one."""
        self.fates[fate] += 1
        if result is None:
            return
        if result.failure is not None:
            self.failures[result.failure.rule] += 1
        if result.instruction.row in measured:
            self.measured.append(result)

    def add(self, other: Tally) -> None:
        """Count the rows of ``other``, which follow those counted here."""
        self.fates.update(other.fates)
        self.failures.update(other.failures)
        self.measured.extend(other.measured)

    def applied(self) -> Applied:
        """Return what is reported of these rows."""
        return Applied(
            rows=self.rows,
            evolved=self.fates["evolved"],
            kept=self.fates["kept"],
            unusable=self.fates["unusable"],
            failures=ranked(self.failures),
            sample=shown_sample(self.measured),
            before=tuple(shown(result.instruction) for result in self.measured),
            after=tuple(
                result.text if result.failure is None else shown(result.instruction)
                for result in self.measured
            ),
            out_of_budget=bool(self.failures[NO_BUDGET.rule]),
        )
