"""The rules by name, and how they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from optimizer.errors import ConfigError
from optimizer.evolution.cases import EvolutionCase, Failure, FailureRule
from optimizer.evolution.failures.answers import (
    CounterQuestion,
    EmptyAnswer,
    InsufficientQualification,
    LostInformation,
    Refusal,
    StagnantComplexity,
)
from optimizer.evolution.failures.language import SwitchedLanguage
from optimizer.evolution.failures.leaked import LeakedMethod
from optimizer.evolution.failures.lost_facts import LostFacts
from optimizer.evolution.failures.runaway import Runaway
from optimizer.evolution.failures.unchanged import NoEvolution, Unchanged

_OURS: tuple[FailureRule, ...] = (
    NoEvolution(),
    Unchanged(),
    Runaway(),
    LeakedMethod(),
    SwitchedLanguage(),
    LostFacts(),
    EmptyAnswer(),
    StagnantComplexity(),
    InsufficientQualification(),
    LostInformation(),
    Refusal(),
    CounterQuestion(),
)

LONGEST_REASON = 300
"""Characters of a reason; it may quote the texts, which have no limit."""

RULES: dict[str, FailureRule] = {rule.name: rule for rule in _OURS}
"""Name -> rule, asked in this order. Add to it to register one of your own (``docs/library.md``)."""


def find_failure(case: EvolutionCase, rules: Mapping[str, FailureRule] = RULES) -> Failure | None:
    """Return the first failure that a rule finds. Without a response, rules that need one are not asked."""
    for name, rule in rules.items():
        if case.response is None and rule.needs_response:
            continue
        if reason := rule.why(case):
            return Failure(name, reason[:LONGEST_REASON])
    return None


def early_failure(case: EvolutionCase, rules: Mapping[str, FailureRule] = RULES) -> Failure | None:
    """Return the first failure that needs no response, so that none is paid for."""
    for name, rule in rules.items():
        if not rule.needs_response and (reason := rule.why(case)):
            return Failure(name, reason[:LONGEST_REASON])
    return None


def without(*names: str) -> Mapping[str, FailureRule]:
    """Return the rules but those named: ``without("lost-facts")`` where a new instruction is wanted.

    Raises:
        ConfigError: there is no rule of that name.
    """
    if unknown := [name for name in names if name not in RULES]:
        raise ConfigError(f"There is no failure rule {unknown[0]!r}.", f"Choose from {', '.join(RULES)}.")
    return MappingProxyType({name: rule for name, rule in RULES.items() if name not in names})
