"""The paired test of two prompts on the same examples: exact McNemar with a paired interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.events import Verdict

ALPHA = 0.05
_Z = 1.959964
_ASSUMED_DISCORDANT = 0.2
"""Share of examples on which two prompts usually disagree, for the forecast of power."""


@dataclass(frozen=True, slots=True)
class PairedTest:
    """Result for 0/1 outcomes: ``won``/``lost`` count the examples only one of the two gets right."""

    n: int
    won: int
    lost: int
    difference: float
    interval: tuple[float, float]
    p_value: float
    verdict: Verdict
    name: str = "exact McNemar"


def paired_test(first: Sequence[float], second: Sequence[float]) -> PairedTest:
    """Compare two prompts' 0/1 scores on the same examples, in the same order.

    The p-value is the exact two-sided McNemar (binomial) one; the interval of the difference is
    Bonett and Price's adjusted Wald interval (2012), which holds for small samples too.

    Raises:
        ValueError: the lengths differ or are zero.
    """
    if len(first) != len(second) or not first:
        raise ValueError("Both prompts must be scored on the same, non-empty list of examples.")
    n = len(first)
    won = sum(b > a for a, b in zip(first, second, strict=True))
    lost = sum(b < a for a, b in zip(first, second, strict=True))
    p_value = mcnemar_exact(won, lost)
    return PairedTest(
        n=n,
        won=won,
        lost=lost,
        difference=(sum(second) - sum(first)) / n,
        interval=paired_interval(won, lost, n),
        p_value=p_value,
        verdict=_verdict(won, lost, p_value),
    )


def mcnemar_exact(won: int, lost: int) -> float:
    """Return the two-sided exact p-value of ``won`` against ``lost`` discordant pairs."""
    discordant = won + lost
    if discordant == 0:
        return 1.0
    tail = sum(math.comb(discordant, k) for k in range(min(won, lost) + 1))
    return min(1.0, 2 * tail / float(2**discordant))


def paired_interval(won: int, lost: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two paired proportions (Bonett and Price)."""
    p_won = (won + 1) / (n + 2)
    p_lost = (lost + 1) / (n + 2)
    centre = p_won - p_lost
    half = _Z * math.sqrt((p_won + p_lost - centre**2) / (n + 2))
    return (max(-1.0, centre - half), min(1.0, centre + half))


def smallest_effect(n: int) -> float:
    """Return the smallest difference (0..1) that ``n`` paired examples could show at 5 %.

    Assumes that the two prompts disagree on a fifth of the examples; never less than the six
    one-sided disagreements that an exact test needs.
    """
    if n <= 0:
        return 1.0
    return min(1.0, max(_Z * math.sqrt(_ASSUMED_DISCORDANT / n), 6 / n))


def _verdict(won: int, lost: int, p_value: float) -> Verdict:
    if p_value >= ALPHA:
        return "not shown"
    return "better" if won > lost else "worse"
