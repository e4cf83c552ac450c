"""Every knob of an evolution in one place, with the paper's default."""

from __future__ import annotations

from dataclasses import dataclass, field

from optimizer.config import Budget
from optimizer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class EvolveConfig:
    """Settings of one evolution. Defaults are Auto Evol-Instruct's (arXiv 2406.00770, section 4.1).

    Raises:
        ConfigError: a value is out of range; the message names the knob and what is allowed.
    """

    algorithm: str = "auto-evol"
    """``auto-evol``, or the baseline ``evol-instruct`` (fixed operators, no method optimisation)."""
    seed: int = 0
    steps: int = 10
    """Optimisations of the method; 0 applies the first method as it is. More than 12 hurt in the paper."""
    candidates: int = 5
    """Methods proposed in a step, independently of each other, m."""
    batch: int = 10
    """Instructions whose trajectories are analysed in a step."""
    rounds: int = 1
    """Times that an instruction of the batch is evolved further, l."""
    dev: int = 50
    """Instructions on which methods are compared; the same for every method of a run."""
    first_rung: int = 10
    """Dev instructions that every proposed method is tried on first."""
    holdout: int = 50
    """Instructions kept for one paired test of the final against the first method; 0 tests nothing."""
    patience: int | None = 3
    """Stop after this many steps without a better method; None never stops early."""
    evolve_temperature: float = 0.0
    answer_temperature: float = 0.0
    optimizer_temperature: float = 0.6
    evolve_max_tokens: int = 2048
    answer_max_tokens: int = 2048
    optimizer_max_tokens: int = 4096
    max_instruction_chars: int = 20_000
    """A longer instruction is not evolved: it is reported as unusable and kept as it is."""
    apply: bool = True
    """Whether the final method is applied to the whole data set."""
    answers: bool = False
    """Whether evolved instructions get a new answer when the method is applied."""
    judge: str = ""
    """Criteria in plain words for an additional judging model; "" judges by rules alone."""
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ConfigError(f"{name} is {getattr(self, name)}.", f"It must be {least} or more.")
        if self.optimizer_temperature <= 0 and self.candidates > 1:
            raise ConfigError(
                "optimizer_temperature is 0, so all proposed methods would be the same.",
                "Give a temperature above 0, or one candidate.",
            )
        if self.patience is not None and self.patience < 1:
            raise ConfigError(f"patience is {self.patience}.", "Give 1 or more, or None for no early stop.")
        if self.budget.seconds is not None:
            raise ConfigError(
                "An evolution has no budget in seconds.",
                "Give one in calls, tokens or money, or stop it by hand.",
            )


_LEAST = {
    "steps": 0,
    "candidates": 1,
    "batch": 1,
    "rounds": 1,
    "dev": 2,
    "first_rung": 1,
    "holdout": 0,
    "evolve_max_tokens": 1,
    "answer_max_tokens": 1,
    "optimizer_max_tokens": 1,
    "max_instruction_chars": 1,
}
