"""The paired test of two prompts on the same examples: exact McNemar, or a bootstrap for other scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from optimizer.holdout_events import Verdict
from optimizer.metrics.judged import AggregateMetric
from optimizer.metrics.outcome import Outcome
from optimizer.statistics.bootstrap import BootstrapResult, bootstrap_aggregate, bootstrap_mean

ALPHA = 0.05
_Z = 1.959964
_ASSUMED_DISCORDANT = 0.2
"""Share of examples on which two prompts usually disagree, for the forecast of power."""
_ASSUMED_SPREAD = 0.35
"""Standard deviation of the differences of two prompts' graded scores, for the same forecast."""


@dataclass(frozen=True, slots=True)
class PairedTest:
    """``won``/``lost`` count the examples that only the second/first prompt does better on."""

    n: int
    won: int
    lost: int
    difference: float
    interval: tuple[float, float]
    p_value: float
    verdict: Verdict
    name: str


def paired_test(
    first: Sequence[float], second: Sequence[float], *, seed: int = 0, threshold: float = ALPHA
) -> PairedTest:
    """Compare two prompts' scores (0..1) on the same examples, in the same order.

    A difference is shown when its p-value is below ``threshold``.

    When all scores are 0 or 1 the p-value is the exact two-sided McNemar (binomial) one and the
    interval of the difference is Bonett and Price's adjusted Wald interval (2012), which holds for
    small samples too. Otherwise both come from the seeded paired bootstrap.

    Raises:
        ValueError: the lengths differ or are zero.
    """
    if len(first) != len(second) or not first:
        raise ValueError("Both prompts must be scored on the same, non-empty list of examples.")
    n = len(first)
    won, lost = _won_and_lost(first, second)
    if not all(score in (0.0, 1.0) for score in (*first, *second)):
        differences = [b - a for a, b in zip(first, second, strict=True)]
        return _from_bootstrap(bootstrap_mean(differences, seed), n, won, lost, "paired bootstrap", threshold)
    p_value = mcnemar_exact(won, lost)
    difference = (sum(second) - sum(first)) / n
    return PairedTest(
        n=n,
        won=won,
        lost=lost,
        difference=difference,
        interval=paired_interval(won, lost, n),
        p_value=p_value,
        verdict=_verdict(difference, p_value, threshold),
        name="exact McNemar",
    )


def aggregate_test(
    metric: AggregateMetric,
    expected: Sequence[str],
    first: Sequence[Outcome],
    second: Sequence[Outcome],
    *,
    seed: int = 0,
    threshold: float = ALPHA,
) -> PairedTest:
    """Compare two prompts by a metric whose score is not a mean, with the seeded paired bootstrap.

    Raises:
        ValueError: the lengths differ or are zero.
    """
    result = bootstrap_aggregate(metric, expected, first, second, seed)
    won, lost = _won_and_lost([item.score for item in first], [item.score for item in second])
    name = f"paired bootstrap of {metric.name}"
    return _from_bootstrap(result, len(first), won, lost, name, threshold)


def _from_bootstrap(
    result: BootstrapResult, n: int, won: int, lost: int, name: str, threshold: float
) -> PairedTest:
    return PairedTest(
        n=n,
        won=won,
        lost=lost,
        difference=result.difference,
        interval=result.interval,
        p_value=result.p_value,
        verdict=_verdict(result.difference, result.p_value, threshold),
        name=name,
    )


def _won_and_lost(first: Sequence[float], second: Sequence[float]) -> tuple[int, int]:
    pairs = list(zip(first, second, strict=True))
    return sum(b > a for a, b in pairs), sum(b < a for a, b in pairs)


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


def smallest_effect(n: int, *, graded: bool = False, threshold: float = ALPHA) -> float:
    """Return the smallest difference (0..1) that ``n`` paired examples could show at ``threshold``.

    For 0/1 scores it assumes that the two prompts disagree on a fifth of the examples, and is never
    less than the one-sided disagreements (six at 5 %) that an exact test needs; for ``graded`` scores
    it assumes differences with a standard deviation of 0.35.
    """
    if n <= 0:
        return 1.0
    z = NormalDist().inv_cdf(1 - threshold / 2)
    if graded:
        return min(1.0, z * _ASSUMED_SPREAD / math.sqrt(n))
    fewest_changed = math.floor(math.log2(2 / threshold)) + 1
    return min(1.0, max(z * math.sqrt(_ASSUMED_DISCORDANT / n), fewest_changed / n))


def _verdict(difference: float, p_value: float, threshold: float) -> Verdict:
    if p_value >= threshold or difference == 0:
        return "not shown"
    return "better" if difference > 0 else "worse"
