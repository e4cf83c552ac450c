"""Choosing a search algorithm by its name."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.errors import ConfigError
from optimizer.search.algorithm import Algorithm
from optimizer.search.monte_carlo import MonteCarlo
from optimizer.search.phrase_edits import PhraseEdits
from optimizer.search.prompt_evolution.evolution import PromptEvolution
from optimizer.search.protegi import ProTeGi
from optimizer.search.racing.racing import ReflectiveRacing
from optimizer.search.self_feedback import SelfFeedback

ALGORITHMS: dict[str, Callable[[], Algorithm]] = {
    "racing": ReflectiveRacing,
    "protegi": ProTeGi,
    "mc": MonteCarlo,
    "rl": PhraseEdits,
    "self-feedback": SelfFeedback,
    "evolve": PromptEvolution,
}
"""Name -> how to make the algorithm. Add to it to register one of your own (``docs/library.md``)."""


def choose_algorithm(name: str) -> Algorithm:
    """Return the algorithm called ``name``.

    Raises:
        ConfigError: there is none.
    """
    make = ALGORITHMS.get(name)
    if make is None:
        raise ConfigError(f"There is no algorithm {name!r}.", f"Choose one of {', '.join(ALGORITHMS)}.")
    return make()
