"""Showing examples to several arms at once, and ranking arms that were rejected on the way."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.concurrently import together
from optimizer.selection.arms import Arm, Pull, ranked


async def show_up_to(arms: Sequence[Arm], stop: int, pull: Pull) -> int:
    """Let every arm see the shared order up to ``stop``; return how many evaluations that took."""
    behind = [arm for arm in arms if arm.pulls < stop]
    scores = await together(pull(arm.index, arm.pulls, stop) for arm in behind)
    for arm, new in zip(behind, scores, strict=True):
        arm.scores.extend(new)
    return sum(len(new) for new in scores)


async def show_one_each(table: Sequence[Arm], budget: int, pull: Pull) -> int:
    """Spend a budget that is too small for anything else: one example for as many arms as it pays."""
    return await show_up_to(table[: max(0, budget)], 1, pull)


def survivors_first(survivors: Sequence[Arm], rejected: Sequence[Arm]) -> tuple[Arm, ...]:
    """Rank survivors by mean, then the rejected arms, the last to go first.

    An arm that went early keeps a lucky mean over few examples: it must not come before a survivor.
    """
    return (*ranked(survivors), *reversed(rejected))
