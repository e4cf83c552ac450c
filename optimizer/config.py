"""Every knob of a run in one place, with the paper's default, and the presets that people choose from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

from optimizer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Budget:
    """Hard limits of a run; None means no limit. ``cost`` is in US dollars.

    The budget covers everything the run pays for, the final held-out test included: its share is
    reserved from the start, so that a run that hits the limit still ends with a verdict.

    ``seconds`` are wall-clock time from the start of the run, or of its resumption, pauses included.
    Between a quarter and nine tenths of them are for the search, by what the test will need at the
    pace so far. A run that they cut short is not the same again with the same seed. For optimisations only.
    """

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and value <= 0:
                raise ConfigError(
                    f"The budget for {item.name} is {value}.", "Give a number above zero, or leave it out."
                )


@dataclass(frozen=True, slots=True)
class RacingConfig:
    """Settings of reflective racing, our own search (``optimizer/search/racing``).

    Raises:
        ConfigError: a value is out of range.
    """

    parents: int = 2
    """Parents of a round: the leader, and others drawn from the Pareto frontier."""
    error_batches: int = 1
    """Batches of a parent's errors; one critique call each."""
    errors_per_batch: int = 4
    reasons_per_batch: int = 3
    anchors: int = 2
    """Examples shown to the critic that the parent gets right and that must stay right."""
    edits_per_parent: int = 3
    first_rung: int = 16
    """Examples of the first rung."""
    eta: int = 3
    """Each rung is so many times larger, and keeps one in so many candidates."""
    rungs: int = 3
    population: int = 8
    """Most candidates that are kept as possible parents."""
    prior_weight: int = 16
    """A score is regressed to the usual score of newcomers as if that had been seen on so many examples."""
    generations: int = 8
    """A budget is divided into so many rounds (or those configured, if fewer): smaller rounds, not fewer."""
    final_share: float = 0.15
    """Share of a budget that is kept for the final choice among the favourites."""
    merge_wins: int = 3
    """Two parents are merged when each wins at least so many examples from the other."""
    demonstrations: int = 4
    """Solved examples that one newcomer of each round shows to the model; 0 tries none."""
    reflection_share: float = 0.0
    """Share of the search pool on which errors are looked for and nothing is selected; 0: cached results."""
    spare_share: float = 0.1
    """Share of the search pool that is never raced on and only serves as demonstrations."""

    def __post_init__(self) -> None:
        for item in fields(self):
            least = {
                "eta": 2,
                "anchors": 0,
                "demonstrations": 0,
                "spare_share": 0,
                "reflection_share": 0,
                "final_share": 0,
                "prior_weight": 0,
            }.get(item.name, 1)
            if getattr(self, item.name) < least:
                raise ConfigError(
                    f"racing.{item.name} is {getattr(self, item.name)}.", f"It must be {least} or more."
                )
        if self.reflection_share + self.spare_share > 0.5:
            raise ConfigError(
                "racing.reflection_share and spare_share leave too little to race on.",
                "Together they may be 0.5 at most.",
            )


@dataclass(frozen=True, slots=True)
class PromptEvolutionConfig:
    """Settings of prompt evolution (``optimizer/search/prompt_evolution``), the algorithm ``evolve``.

    Raises:
        ConfigError: a value is out of range.
    """

    variants: int = 5
    """Variants of a generation, m; each comes from an analysis and a rewrite of its own."""
    sections: tuple[str, ...] = ()
    """Titles of the sections that may change; empty: every one that is not protected."""
    kept: float = 0.4
    """So many incumbents are kept as parents, as a share of ``variants`` (rounded up)."""
    growth: float = 3.0
    """A variant may be so many times as long as the first prompt, in every generation."""
    least_room: int = 1500
    """Characters that a variant may add at least, however short the first prompt is."""
    examples: int = 64
    """Examples that a variant has been judged on by the time it becomes a parent."""
    cases: int = 6
    """Trajectories of wrong cases in one analysis."""
    anchors: int = 2
    """Cases shown to the analysis that the parent gets right and that must stay right."""
    reasons: int = 3
    """Reasons asked for in one analysis."""
    history: int = 3
    """Earlier generations that a trajectory shows beside the current one."""

    def __post_init__(self) -> None:
        for name, least in {"variants": 1, "examples": 2, "cases": 1, "reasons": 1, "growth": 1}.items():
            if getattr(self, name) < least:
                raise ConfigError(f"evolve.{name} is {getattr(self, name)}.", f"It must be {least} or more.")
        for name in ("least_room", "anchors", "history"):
            if getattr(self, name) < 0:
                raise ConfigError(f"evolve.{name} is {getattr(self, name)}.", "It must be 0 or more.")
        if not 0 < self.kept <= 1:
            raise ConfigError(f"evolve.kept is {self.kept}.", "It must be above 0 and at most 1.")


@dataclass(frozen=True, slots=True)
class OptimizeConfig:
    """Settings of one optimisation. Defaults are ProTeGi's (arXiv 2305.03495, section 3.4 and appendix).

    Raises:
        ConfigError: a value is out of range; the message names the knob and what is allowed.
    """

    algorithm: str = "protegi"
    preset: str = "paper"
    seed: int = 0
    rounds: int = 6
    """Search depth r."""
    beam_width: int = 4
    """Candidates that survive a round, b."""
    minibatch_size: int = 64
    """Examples on which a parent's errors are collected."""
    error_groups: int = 4
    """Groups of errors sampled per parent; one critique call each."""
    errors_per_group: int = 4
    reasons_per_group: int = 4
    """Textual gradients asked for in one critique call, m."""
    edits_per_reason: int = 1
    paraphrases_per_edit: int = 2
    """Monte Carlo successors of every edit and of the unedited parent."""
    max_successors: int = 8
    """Random cap on one parent's successors before selection."""
    selector: str = "ucb"
    ucb_c: float = 2.0
    """Exploration weight c in Q + c * sqrt(ln t / N)."""
    evaluations_per_candidate: int = 50
    """Selection budget B divided by the number of arms; the paper sweeps 12 to 50."""
    arms_per_wave: int = 8
    """Arms that a UCB time step pulls at once."""
    examples_per_pull: int = 32
    """Examples an arm sees when it is pulled."""
    halving_eta: int = 3
    """Successive halving keeps one in so many arms after each rung."""
    race_block: int = 16
    """Examples of one block of a block race."""
    race_alpha: float = 0.1
    """Level of the one-sided paired test by which an arm leaves a block race."""
    self_feedback_turns: int = 6
    """Turns of the self-feedback baseline, one new prompt each; ``rounds`` does not apply to it."""
    patience: int | None = None
    """Stop after this many rounds without a better best candidate; None never stops early."""
    final_choice_examples: int = 200
    """Search examples on which the final beam and the seed are compared before the held-out test."""
    holdout_fraction: float = 0.5
    max_holdout: int = 200
    task_temperature: float = 0.0
    optimizer_temperature: float = 1.0
    task_max_tokens: int = 1024
    optimizer_max_tokens: int = 4096
    max_prompt_chars: int = 20_000
    """A proposal longer than this (or than four times its parent, if that is more) is rejected."""
    budget: Budget = field(default_factory=Budget)
    racing: RacingConfig = field(default_factory=RacingConfig)
    evolve: PromptEvolutionConfig = field(default_factory=PromptEvolutionConfig)

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} is {getattr(self, name)}.", "It must be 1 or more.")
        if self.paraphrases_per_edit < 0:
            raise ConfigError("paraphrases_per_edit is negative.", "It must be 0 or more.")
        if self.patience is not None and self.patience < 1:
            raise ConfigError(f"patience is {self.patience}.", "Give 1 or more, or None for no early stop.")
        if not 0.1 <= self.holdout_fraction <= 0.9:
            raise ConfigError(
                f"holdout_fraction is {self.holdout_fraction}.", "It must lie between 0.1 and 0.9."
            )
        if self.ucb_c < 0:
            raise ConfigError(f"ucb_c is {self.ucb_c}.", "It must be 0 or more.")
        if self.halving_eta < 2:
            raise ConfigError(f"halving_eta is {self.halving_eta}.", "It must be 2 or more.")
        if not 0 < self.race_alpha < 0.5:
            raise ConfigError(f"race_alpha is {self.race_alpha}.", "It must lie between 0 and 0.5.")

    def with_changes(self, **changes: Any) -> OptimizeConfig:
        """Return a copy with the given knobs changed; knobs given as None keep their value."""
        return replace(self, **{name: value for name, value in changes.items() if value is not None})


_POSITIVE = (
    "rounds",
    "beam_width",
    "minibatch_size",
    "error_groups",
    "errors_per_group",
    "reasons_per_group",
    "edits_per_reason",
    "max_successors",
    "evaluations_per_candidate",
    "arms_per_wave",
    "examples_per_pull",
    "race_block",
    "self_feedback_turns",
    "final_choice_examples",
    "max_holdout",
    "task_max_tokens",
    "optimizer_max_tokens",
    "max_prompt_chars",
)

PRESETS: dict[str, OptimizeConfig] = {
    "quick": OptimizeConfig(
        preset="quick",
        algorithm="racing",
        rounds=3,
        beam_width=2,
        minibatch_size=32,
        error_groups=2,
        reasons_per_group=2,
        paraphrases_per_edit=1,
        max_successors=4,
        evaluations_per_candidate=20,
        arms_per_wave=4,
        examples_per_pull=16,
        patience=2,
        final_choice_examples=60,
        max_holdout=100,
        racing=RacingConfig(parents=1, rungs=2, reasons_per_batch=2),
        evolve=PromptEvolutionConfig(variants=4, examples=40),
    ),
    "standard": OptimizeConfig(
        preset="standard",
        algorithm="racing",
        rounds=6,
        beam_width=3,
        minibatch_size=48,
        error_groups=3,
        reasons_per_group=2,
        paraphrases_per_edit=1,
        max_successors=6,
        evaluations_per_candidate=30,
        arms_per_wave=6,
        examples_per_pull=16,
        patience=3,
        final_choice_examples=120,
        max_holdout=150,
        racing=RacingConfig(parents=1),
    ),
    "thorough": OptimizeConfig(preset="thorough", algorithm="racing", rounds=12, patience=5),
    "paper": OptimizeConfig(),
}
"""Ready-made configurations by name; ``paper`` is ProTeGi as published, without early stopping."""


def preset(name: str) -> OptimizeConfig:
    """Return the preset ``name``.

    Raises:
        ConfigError: there is no such preset.
    """
    try:
        return PRESETS[name]
    except KeyError:
        raise ConfigError(f"There is no preset {name!r}.", f"Choose one of {', '.join(PRESETS)}.") from None
