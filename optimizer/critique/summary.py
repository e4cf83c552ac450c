"""Summarising reasons: one paragraph, by map-reduce over about sqrt(n) groups when there are many."""

from __future__ import annotations

import math
from collections.abc import Sequence

from optimizer.concurrently import together
from optimizer.critique.critic import Critic

FEW = 12
"""Up to so many reasons go into one call."""


async def summarise_reasons(critic: Critic, reasons: Sequence[str], position: str) -> str:
    """Return one paragraph over ``reasons``: "" for none, the reason itself for one.

    Naively growing one call makes summaries worse (ComBEE), so many reasons are summarised in about
    sqrt(n) groups first and the groups' paragraphs then.
    """
    if len(reasons) <= 1:
        return "".join(reasons)
    if len(reasons) <= FEW:
        return await critic.summarise(reasons, position)
    groups = math.isqrt(len(reasons))
    parts = await together(
        critic.summarise(reasons[index::groups], f"{position}/part{index}") for index in range(groups)
    )
    return await critic.summarise(parts, position)
