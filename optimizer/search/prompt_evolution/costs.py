"""What prompt evolution takes at most: a generation's calls, the generation that is affordable, the forecast."""

from __future__ import annotations

import math
from collections.abc import Callable

from optimizer.config import OptimizeConfig, PromptEvolutionConfig
from optimizer.critique.summary import FEW
from optimizer.search.algorithm import CallForecast
from optimizer.search.prompt_evolution.halving import halving_calls
from optimizer.selection.successive_halving import rung_sizes


def kept_incumbents(evolve: PromptEvolutionConfig) -> int:
    """Return how many incumbents a generation keeps as parents."""
    return math.ceil(evolve.kept * evolve.variants)


def optimizer_calls(evolve: PromptEvolutionConfig, variants: int) -> int:
    """Return the most optimizer calls of a generation: a pair for each variant, and the summary."""
    reasons = variants * evolve.reasons
    return 2 * variants + 1 + (math.isqrt(reasons) if reasons > FEW else 0)


def generation_calls(config: OptimizeConfig, variants: int, words: int, depth: int, calls_each: int) -> int:
    """Return the most calls of a generation; ``words`` are variants made from a person's words alone."""
    answers = halving_calls(variants + words, depth, config.halving_eta)
    return optimizer_calls(config.evolve, variants) + words + answers * calls_each


def affordable_variants(
    config: OptimizeConfig, words: int, depth: int, calls_each: int, allows: Callable[[int], bool]
) -> int:
    """Return the most variants of a generation that ``allows`` their calls; 0 when not even one fits."""
    for variants in range(config.evolve.variants, 0, -1):
        if allows(generation_calls(config, variants, words, depth, calls_each)):
            return variants
    return 0


def evolution_cost(config: OptimizeConfig, pool: int) -> CallForecast:
    """Return the forecast of a whole search over ``pool`` examples."""
    evolve, depth = config.evolve, min(config.evolve.examples, pool)
    rungs = len(rung_sizes(evolve.variants + 1, config.halving_eta, 1))
    answers = depth + config.rounds * halving_calls(evolve.variants, depth, config.halving_eta)
    answers += (2 + kept_incumbents(evolve)) * min(pool, config.final_choice_examples)
    critic = config.rounds * optimizer_calls(evolve, evolve.variants)
    return CallForecast(answers, critic, 2 + config.rounds * (3 + rungs))
