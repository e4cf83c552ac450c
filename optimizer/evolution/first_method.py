"""The method that an evolution begins with: given, our own, or the baseline's operators."""

from __future__ import annotations

from optimizer.errors import ConfigError
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.evol_instruct import evol_instruct_method
from optimizer.evolution.methods import FIRST_ID, FIRST_METHOD, Method
from optimizer.evolution.task import EvolveTask

ALGORITHMS = ("auto-evol", "evol-instruct")


def first_method(task: EvolveTask, config: EvolveConfig) -> Method:
    """Return the first method of an evolution.

    Raises:
        ConfigError: there is no such algorithm, or it takes no method of one's own.
    """
    if config.algorithm not in ALGORITHMS:
        raise ConfigError(
            f"There is no algorithm {config.algorithm!r} for evolving data.",
            f"Choose one of {', '.join(ALGORITHMS)}.",
        )
    method = task.method.strip()
    if config.algorithm == "auto-evol":
        return Method(FIRST_ID, method or FIRST_METHOD)
    if method:
        raise ConfigError(
            "evol-instruct has operators of its own and takes no method.",
            "Leave the method out, or use auto-evol.",
        )
    return evol_instruct_method()
