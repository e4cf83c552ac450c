"""The paired bootstrap: an interval and a p-value for any score, by resampling examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from optimizer.metrics.judged import AggregateMetric
from optimizer.metrics.outcome import Outcome
from optimizer.seeds import generator

RESAMPLES = 2_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BootstrapResult:
    """``interval`` is the 95 % percentile interval of the difference, ``p_value`` two-sided."""

    difference: float
    interval: tuple[float, float]
    p_value: float


def bootstrap_mean(differences: Sequence[float], seed: int) -> BootstrapResult:
    """Test whether the mean of paired differences is zero (Efron and Tibshirani, 1993, chapter 13).

    Raises:
        ValueError: there are no differences.
    """
    changed = sum(value != 0 for value in differences)
    return _bootstrap(differences, lambda sample: sum(sample) / len(sample), changed, seed)


def bootstrap_aggregate(
    metric: AggregateMetric,
    expected: Sequence[str],
    first: Sequence[Outcome],
    second: Sequence[Outcome],
    seed: int,
) -> BootstrapResult:
    """Test whether two prompts differ in a score that is not a mean, such as macro-F1.

    Raises:
        ValueError: the lists differ in length or are empty.
    """

    def difference(sample: Sequence[tuple[str, Outcome, Outcome]]) -> float:
        wanted = [item[0] for item in sample]
        after = metric.aggregate(wanted, [item[2] for item in sample])
        return after - metric.aggregate(wanted, [item[1] for item in sample])

    changed = sum(
        (one.score, one.understood) != (other.score, other.understood)
        for one, other in zip(first, second, strict=True)
    )
    return _bootstrap(list(zip(expected, first, second, strict=True)), difference, changed, seed)


def _bootstrap(
    items: Sequence[T], statistic: Callable[[Sequence[T]], float], changed: int, seed: int
) -> BootstrapResult:
    if not items:
        raise ValueError("Both prompts must be scored on the same, non-empty list of examples.")
    random = generator(seed, "bootstrap")
    resampled = sorted(statistic(random.choices(items, k=len(items))) for _ in range(RESAMPLES))
    return BootstrapResult(
        difference=statistic(items),
        interval=(quantile(resampled, 0.025), quantile(resampled, 0.975)),
        p_value=_p_value(resampled, changed),
    )


def _p_value(resampled: Sequence[float], changed: int) -> float:
    """Return twice the smaller share of resamples on either side of zero, never flatteringly small.

    Few changed examples resample into a falsely sure result, so that the value is at least what an
    exact sign test could reach if all ``changed`` examples pointed the same way.
    """
    below = sum(value <= 0 for value in resampled)
    above = sum(value >= 0 for value in resampled)
    share = 2 * (min(below, above) + 1) / (len(resampled) + 1)
    return min(1.0, max(share, 2.0 ** (1 - changed)))


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of the ordered values lie, linear between neighbours."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
