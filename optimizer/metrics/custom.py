"""A person's own Python function as metric: the one place where foreign code is called and may fail."""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Callable
from typing import Any

from optimizer.errors import InputError
from optimizer.metrics.outcome import Outcome, failed

UserMetric = Callable[..., Any]
"""``function(expected, answer)`` gives a bool, a number in 0..1, (number, reason), or an Outcome."""


class CustomMetric:
    """Calls a user's function for every answer; a failing call is counted, never hidden as a score.

    The function runs with this process's rights, on the run's event loop: it must be quick and is
    only ever taken from the library call or the command line, never from a chat message.
    """

    graded = True

    def __init__(self, name: str, function: UserMetric) -> None:
        self.name = name
        self._function = function

    def judge(self, expected: str, answer: str) -> Outcome:
        """See ``Metric.judge``."""
        try:
            value = self._function(expected, answer)
        except Exception as error:  # noqa: BLE001 - foreign code; counted by the evaluator and reported
            return failed(f"{self.name} raised {type(error).__name__}.")
        if isinstance(value, Outcome):
            return value
        score, reason = value if isinstance(value, tuple) and len(value) == 2 else (value, "")
        if not isinstance(score, bool | int | float) or not 0 <= score <= 1 or math.isnan(score):
            return failed(f"{self.name} returned {type(score).__name__}, not a number within 0..1.")
        return Outcome(float(score), "correct" if score == 1 else "wrong", answer.strip()[:500], str(reason))


def load_metric(dotted: str) -> CustomMetric:
    """Import the function that ``package.module:function`` names.

    Raises:
        InputError: the module or the function does not exist, or takes other than two arguments.
    """
    module_name, _, function_name = dotted.partition(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        missing = isinstance(error, ImportError)
        raise InputError(
            f"The module {module_name!r} of the metric {dotted!r} "
            + ("cannot be imported." if missing else f"raised {type(error).__name__} while importing."),
            "Check the name, and that the module can be imported from here (PYTHONPATH).",
            field="metric",
        ) from error
    function = getattr(module, function_name, None)
    if not callable(function):
        raise InputError(
            f"The module {module_name!r} has no function {function_name!r}.",
            "Write the metric as package.module:function.",
            field="metric",
        )
    return own_metric(function, dotted)


def own_metric(function: UserMetric, name: str = "") -> CustomMetric:
    """Wrap a function as a metric.

    Raises:
        InputError: it cannot be called as ``function(expected, answer)``.
    """
    shown = name or getattr(function, "__qualname__", "metric")
    try:
        inspect.signature(function).bind("expected", "answer")
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The metric {shown!r} cannot be called with two arguments.",
            "Write it as function(expected, answer).",
            field="metric",
        ) from error
    return CustomMetric(shown, function)
