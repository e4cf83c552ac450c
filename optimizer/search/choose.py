"""Choosing a search algorithm by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from optimizer.errors import ConfigError
from optimizer.search.algorithm import Algorithm
from optimizer.search.protegi import ProTeGi
from optimizer.search.racing.racing import ReflectiveRacing

ALGORITHMS: Mapping[str, Callable[[], Algorithm]] = {
    "racing": ReflectiveRacing,
    "protegi": ProTeGi,
}
"""Name -> how to make the algorithm."""


def choose_algorithm(name: str) -> Algorithm:
    """Return the algorithm called ``name``.

    Raises:
        ConfigError: there is none.
    """
    make = ALGORITHMS.get(name)
    if make is None:
        raise ConfigError(f"There is no algorithm {name!r}.", f"Choose one of {', '.join(ALGORITHMS)}.")
    return make()
