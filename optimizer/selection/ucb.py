"""UCB bandit selection as in ProTeGi (algorithm 3, section 3.3), pulling several arms at once."""

from __future__ import annotations

import math

from optimizer.selection.by_bound import HighestBoundFirst


class UcbSelector(HighestBoundFirst):
    """Pulls the arms with the highest Q + c * sqrt(ln t / N), in batches.

    ``t`` counts the examples pulled so far over all arms, so the bonus is never ln of a round index;
    an arm that was never pulled comes first.
    """

    def __init__(self, *, c: float, arms_per_wave: int, examples_per_pull: int) -> None:
        super().__init__(
            "ucb",
            lambda mean, pulls, total: upper_bound(mean, pulls, total, c),
            arms_per_wave=arms_per_wave,
            examples_per_pull=examples_per_pull,
        )


def upper_bound(mean: float, pulls: int, total: int, c: float) -> float:
    """Return Q + c * sqrt(ln t / N); infinite for an arm that was never pulled."""
    if pulls == 0:
        return math.inf
    return mean + c * math.sqrt(math.log(max(1, total)) / pulls)
