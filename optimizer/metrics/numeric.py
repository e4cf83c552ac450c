"""Numbers within a tolerance, read out of the answer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from optimizer.errors import InputError
from optimizer.metrics.answers import stated_answers
from optimizer.metrics.outcome import Outcome, unparseable

_NUMBER = re.compile(
    r"(?<![\w.])[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d))(?:[eE][-+]?\d{1,3})?(?![\w])"
)
_WRAPPING = re.compile(r"^[^\w.+−-]*(?:[A-Z]{3}\s)?|[\s%.,;:!?)\]*_`\"'€$£]*$")
_ROUNDING = 1e-9


class NumericMatch:
    """1 when the answer's number is within ``tolerance`` or within ``relative`` times the expected one.

    The number is looked for where an answer is usually stated, then as the last one in the text. With
    both tolerances 0 the numbers must be equal (``1,200`` equals ``1200.0``).

    Raises:
        InputError: an expected answer is no number.
    """

    name = "numeric"

    def __init__(self, expected: Sequence[str], *, tolerance: float = 0.0, relative: float = 0.0) -> None:
        for text in expected:
            if whole_number(text) is None:
                raise InputError(
                    f"The metric 'numeric' needs numbers, but {text[:80]!r} is expected.",
                    "Choose another metric or another target column.",
                    field="metric",
                )
        self._tolerance = tolerance
        self._relative = relative

    def judge(self, expected: str, answer: str) -> Outcome:
        """See ``Metric.judge``."""
        given = read_number(answer)
        wanted = whole_number(expected)
        if given is None or wanted is None:
            return unparseable(answer, "a number")
        allowed = max(self._tolerance, self._relative * abs(wanted), _ROUNDING * max(1.0, abs(wanted)))
        shown = f"{given:g}" if abs(given) < 1e6 else f"{given:.15g}"
        if abs(given - wanted) <= allowed * (1 + _ROUNDING):
            return Outcome(1.0, "correct", shown)
        return Outcome(0.0, "wrong", shown, f"Off by {given - wanted:+g}.")


def whole_number(text: str) -> float | None:
    """Return the number that the whole text is, currency and percent signs aside; else None."""
    bare = _WRAPPING.sub("", text.strip())
    return _value(bare) if _NUMBER.fullmatch(bare) else None


def read_number(answer: str) -> float | None:
    """Return the number that an answer states, None when it states none."""
    for place in stated_answers(answer):
        value = whole_number(place)
        if value is not None:
            return value
    for place in reversed(stated_answers(answer)):
        found = _NUMBER.findall(place)
        if found:
            return _value(found[-1])
    return None


def _value(written: str) -> float | None:
    value = float(written.replace(",", "").replace("−", "-"))
    return value if math.isfinite(value) else None
