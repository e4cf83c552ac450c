"""The evolution's own events; what it shares with a prompt search comes from ``optimizer.events``.

``GradientsSummarised`` tells a step's analysis in plain words, ``FeedbackTaken``, ``Progress``,
``BudgetSpent`` and ``HoldoutTested`` (score: share of instructions evolved without failure) are shared.
All texts are raw (not escaped).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class EvolutionStarted:
    """The data as it was understood, and the forecast, before anything was paid."""

    kind: ClassVar[str] = "evolution_started"
    run_id: str
    algorithm: str
    data: str
    """Name of the data set."""
    shape: str
    rows: int
    """All rows of the data set, unusable ones included."""
    unusable: int
    batch_pool: int
    """Instructions from which batches are drawn."""
    dev: int
    holdout: int
    steps: int
    candidates: int
    method: str
    """Text of the first method."""
    evol_model: str
    answer_model: str
    optimizer_model: str
    seed: int
    apply: bool
    answers: bool
    forecast_calls: int
    forecast_cost: float | None
    """US dollars; None when no price is known for a model."""
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How often one rule found a failure."""

    rule: str
    count: int


@dataclass(frozen=True, slots=True)
class MethodScored:
    """A method's evolution failure rate on the first ``n`` dev instructions (section 3.2 of the paper)."""

    kind: ClassVar[str] = "method_scored"
    step: int
    """0 for the first method."""
    method: str
    """Id of the method."""
    n: int
    failed: int
    rate: float
    failures: tuple[FailureCount, ...]
    kept: bool
    """Whether the method stays in the race."""


@dataclass(frozen=True, slots=True)
class StepStarted:
    """Step ``step`` (from 1) improves ``method``."""

    kind: ClassVar[str] = "step_started"
    step: int
    steps: int
    method: str


@dataclass(frozen=True, slots=True)
class EvolvedSample:
    """An instruction before and after; ``failure`` is "" when nothing was wrong. Long texts are cut."""

    row: int
    before: str
    after: str
    failure: str


@dataclass(frozen=True, slots=True)
class TrajectoriesEvolved:
    """A batch was evolved with the step's method."""

    kind: ClassVar[str] = "trajectories_evolved"
    step: int
    n: int
    failed: int
    sample: tuple[EvolvedSample, ...]


@dataclass(frozen=True, slots=True)
class FailedCase:
    """A case that an analysis found fault with."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class TrajectoriesAnalysed:
    """One analysis of the batch: which cases failed and why (section 3.2)."""

    kind: ClassVar[str] = "trajectories_analysed"
    step: int
    candidate: int
    """Number of the independent optimisation, from 0."""
    cases: tuple[FailedCase, ...]


@dataclass(frozen=True, slots=True)
class MethodProposal:
    """A proposed method and where it comes from."""

    id: str
    parent: str
    text: str


@dataclass(frozen=True, slots=True)
class MethodsProposed:
    """The methods that go into the race of a step."""

    kind: ClassVar[str] = "methods_proposed"
    step: int
    methods: tuple[MethodProposal, ...]


@dataclass(frozen=True, slots=True)
class MethodRejected:
    """A proposed method that was not tried, and why."""

    kind: ClassVar[str] = "method_rejected"
    step: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class MethodSelected:
    """The method that goes on after a step; every accepted method is told once, with its lineage."""

    kind: ClassVar[str] = "method_selected"
    step: int
    method: str
    text: str
    parent: str
    parent_text: str
    rate: float
    """Failure rate on all dev instructions."""
    improved: bool
    calls: int
    """Calls spent so far."""


@dataclass(frozen=True, slots=True)
class ApplicationStarted:
    """The final method is being applied to all rows."""

    kind: ClassVar[str] = "application_started"
    method: str
    rows: int
    answers: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """Complexity and diversity of one set of instructions. Means over the sample; shares are 0..1."""

    words: float
    """Words per instruction."""
    distinct: float
    """Distinct word pairs over all word pairs (distinct-2)."""
    spread: float
    """Mean cosine distance between embeddings of two instructions."""
    judged: float | None
    """Mean score of the judging model, None without one."""


@dataclass(frozen=True, slots=True)
class DataMeasured:
    """Complexity and diversity of a fixed sample of rows before and after the application."""

    kind: ClassVar[str] = "data_measured"
    n: int
    before: Measured
    after: Measured


@dataclass(frozen=True, slots=True)
class ApplicationFinished:
    """What became of the rows; ``failures`` counts the kept ones by rule, ``sample`` shows pairs."""

    kind: ClassVar[str] = "application_finished"
    rows: int
    evolved: int
    kept: int
    unusable: int
    failures: tuple[FailureCount, ...]
    sample: tuple[EvolvedSample, ...]


@dataclass(frozen=True, slots=True)
class EvolutionFinished:
    """The end. ``final_method`` is the accepted method with the lowest rate, unless the holdout showed it worse."""

    kind: ClassVar[str] = "evolution_finished"
    first_method: str
    final_method: str
    first_rate: float | None
    """Failure rates on the dev instructions; None when nothing was measured."""
    final_rate: float | None
    verdict: str
    """*better*, *not shown* or *worse*, of the final against the first method on the holdout."""
    stopped_because: str
    steps: int
    """Steps done."""
    calls: int
    cached: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    troubles: tuple[tuple[str, int], ...]
