"""The events of the one paired test: its result, and what is behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Verdict = Literal["better", "not shown", "worse"]
"""What the held-out paired test says of the final prompt against the first one."""


@dataclass(frozen=True, slots=True)
class HoldoutTested:
    """The one paired test on examples that the search never saw."""

    kind: ClassVar[str] = "holdout_tested"
    n: int
    seed_score: float
    final_score: float
    difference: float
    interval: tuple[float, float]
    """95 % interval of the difference."""
    p_value: float
    won: int
    """Examples only the final prompt gets right."""
    lost: int
    """Examples only the first prompt gets right."""
    seed_unparseable: int
    final_unparseable: int
    smallest_effect: float
    verdict: Verdict
    test: str
    """Name of the test, e.g. ``exact McNemar``."""
    look: int = 1
    """How many-th test on these held-out rows it is, as far as the run knows of earlier ones."""
    threshold: float = 0.05
    """The verdict is *not shown* unless ``p_value`` is below this; every further look halves it."""
    rows: str = ""
    """Fingerprint of the held-out rows; equal rows have equal ones."""
    pair: str = ""
    """Fingerprint of the two texts that were compared; empty when they are the same."""


@dataclass(frozen=True, slots=True)
class ConfusionCount:
    """How often held-out examples of one label were answered with another, or the same, label."""

    expected: str
    answered: str
    """``(unparseable)`` when the answer named no label."""
    first: int
    """With the first prompt."""
    final: int
    """With the prompt that was tested against it."""


@dataclass(frozen=True, slots=True)
class ChangedExample:
    """A held-out example whose score changed; long texts are cut."""

    row: int
    input: str
    expected: str
    answer_before: str
    answer_after: str
    score_before: float
    score_after: float
    why: str
    """What the metric or its judge said of the worse answer; may be empty."""


@dataclass(frozen=True, slots=True)
class HoldoutDetails:
    """What is behind ``HoldoutTested``: label by label, and the examples that changed."""

    kind: ClassVar[str] = "holdout_details"
    confusion: tuple[ConfusionCount, ...]
    """Empty for tasks without labels. Cells that are zero for both prompts are left out."""
    changed: tuple[ChangedExample, ...]
    """Lost examples first, then won ones, each by row; at most 200."""
    changed_total: int
