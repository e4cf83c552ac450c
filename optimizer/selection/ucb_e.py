"""UCB-E: UCB whose exploration does not grow with time, as ProTeGi states it (section 3.3)."""

from __future__ import annotations

import math

from optimizer.selection.by_bound import HighestBoundFirst


class UcbESelector(HighestBoundFirst):
    """Pulls the arms with the highest Q + c * sqrt(c / N), in batches."""

    def __init__(self, *, c: float, arms_per_wave: int, examples_per_pull: int) -> None:
        super().__init__(
            "ucb-e",
            lambda mean, pulls, total: upper_bound_e(mean, pulls, c),
            arms_per_wave=arms_per_wave,
            examples_per_pull=examples_per_pull,
        )


def upper_bound_e(mean: float, pulls: int, c: float) -> float:
    """Return Q + c * sqrt(c / N); infinite for an arm that was never pulled."""
    return math.inf if pulls == 0 else mean + c * math.sqrt(c / pulls)
