"""The one stream of typed events that every view of a run is drawn from.

The core never prints, posts or saves: it emits these frozen records, always in the same order for
the same run, whatever the order in which concurrent model calls finish. ``Progress`` is the one
transient event: it is not stored and not part of that order. All texts are raw (not escaped).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from optimizer.evolution.events import (
    ApplicationFinished,
    ApplicationStarted,
    DataMeasured,
    EvolutionFinished,
    EvolutionStarted,
    MethodRejected,
    MethodScored,
    MethodSelected,
    MethodsProposed,
    StepStarted,
    TrajectoriesAnalysed,
    TrajectoriesEvolved,
)
from optimizer.holdout_events import HoldoutDetails, HoldoutTested, Verdict
from optimizer.search.prompt_evolution.events import SectionsChanged

StopReason = Literal["rounds", "patience", "budget", "cancelled", "perfect", "error"]
"""Why a run ended: all rounds done, no gain for some rounds, budget, a person, nothing left to mend."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The task as it was understood, and the forecast, before anything was paid."""

    kind: ClassVar[str] = "run_started"
    run_id: str
    algorithm: str
    preset: str
    prompt: str
    metric: str
    task_model: str
    optimizer_model: str
    seed: int
    examples: int
    search_size: int
    holdout_size: int
    input_columns: tuple[str, ...]
    target_column: str
    labels: tuple[str, ...]
    forecast_calls: int
    forecast_cost: float | None
    """US dollars; None when no price is known for a model."""
    smallest_effect: float
    """Smallest difference (0..1) that the holdout can show at 5 %."""
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaselineScored:
    """The first prompt's score (0..1) on its first ``n`` search examples."""

    kind: ClassVar[str] = "baseline_scored"
    score: float
    n: int
    unparseable: int


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """Round ``round`` (from 1) expands the candidates in ``parents``."""

    kind: ClassVar[str] = "round_started"
    round: int
    rounds: int
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErrorCase:
    """One example that a candidate got wrong."""

    input: str
    expected: str
    answer: str


@dataclass(frozen=True, slots=True)
class ErrorsGrouped:
    """The minibatch errors of one parent, sampled into groups; ``sample`` shows a few of them."""

    kind: ClassVar[str] = "errors_grouped"
    round: int
    parent: str
    minibatch: int
    errors: int
    groups: int
    sample: tuple[ErrorCase, ...]


@dataclass(frozen=True, slots=True)
class GradientsFound:
    """Textual gradients: reasons why ``parent`` failed on one error group (ProTeGi section 2)."""

    kind: ClassVar[str] = "gradients_found"
    round: int
    parent: str
    group: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GradientsSummarised:
    """All gradients of a round in one paragraph (GRAD-SUM, section 3.4)."""

    kind: ClassVar[str] = "gradients_summarised"
    round: int
    summary: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new candidate: how it came about (``origin``: edit, paraphrase) and against which reason."""

    id: str
    parent: str
    origin: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class CandidatesProposed:
    """The candidates of a round that passed every rule and go to selection."""

    kind: ClassVar[str] = "candidates_proposed"
    round: int
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class CandidateRejected:
    """A proposal that was dropped by rule before any paid call; ``why`` is one plain sentence."""

    kind: ClassVar[str] = "candidate_rejected"
    round: int
    parent: str
    origin: str
    why: str


@dataclass(frozen=True, slots=True)
class ArmScore:
    """A candidate's cumulative mean (0..1) over the ``n`` examples it has seen."""

    id: str
    score: float
    n: int


@dataclass(frozen=True, slots=True)
class RungScored:
    """One wave of the selection (a UCB time step, a halving rung) with all arms so far."""

    kind: ClassVar[str] = "rung_scored"
    round: int
    wave: int
    waves: int
    evaluations: int
    arms: tuple[ArmScore, ...]


@dataclass(frozen=True, slots=True)
class BeamSelected:
    """The beam after a round, best first, with the best candidate's text and where it came from."""

    kind: ClassVar[str] = "beam_selected"
    round: int
    beam: tuple[ArmScore, ...]
    best: str
    best_score: float
    best_text: str
    parent_text: str
    """Text of the best candidate's parent (the diff to show); equal to ``best_text`` for the seed."""
    reason: str
    """The gradient that led to the best candidate; empty for the seed and plain paraphrases."""
    improved: bool
    """True when the best differs from the previous round's best."""
    calls: int
    """Paid calls so far, for the score plot."""


@dataclass(frozen=True, slots=True)
class FeedbackTaken:
    """A person's words joined this round as a gradient."""

    kind: ClassVar[str] = "feedback_taken"
    round: int
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Transient: what has been spent so far. ``fraction`` (0..1) is the share of the forecast done."""

    kind: ClassVar[str] = "progress"
    fraction: float
    calls: int
    cached: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    seconds: float
    seconds_left: float | None
    doing: str


@dataclass(frozen=True, slots=True)
class BudgetSpent:
    """The budget (calls, tokens, cost or seconds: ``what``) does not allow the next step."""

    kind: ClassVar[str] = "budget_spent"
    what: str
    limit: float
    calls: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The end. ``final_prompt`` is the seed prompt unless the holdout showed something better."""

    kind: ClassVar[str] = "run_finished"
    seed_prompt: str
    final_prompt: str
    candidate_prompt: str
    """The search's best prompt, also when it was not shown to be better."""
    verdict: Verdict
    stopped_because: StopReason
    rounds: int
    calls: int
    cached: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    troubles: tuple[tuple[str, int], ...]
    """How often each thing went wrong with the model (retried, unparseable, refused, truncated …)."""


Event: TypeAlias = (
    RunStarted
    | BaselineScored
    | RoundStarted
    | ErrorsGrouped
    | GradientsFound
    | GradientsSummarised
    | CandidatesProposed
    | SectionsChanged
    | CandidateRejected
    | RungScored
    | BeamSelected
    | FeedbackTaken
    | Progress
    | BudgetSpent
    | HoldoutTested
    | HoldoutDetails
    | RunFinished
    | EvolutionStarted
    | MethodScored
    | StepStarted
    | TrajectoriesEvolved
    | TrajectoriesAnalysed
    | MethodsProposed
    | MethodRejected
    | MethodSelected
    | ApplicationStarted
    | DataMeasured
    | ApplicationFinished
    | EvolutionFinished
)

EventSink: TypeAlias = Callable[[Event], None]
"""Receives each event, in order, on the run's own thread. It must not block and must not raise."""


def is_durable(event: Event) -> bool:
    """Tell whether the event belongs to the stored, ordered history of the run (all but ``Progress``)."""
    return not isinstance(event, Progress)
