"""The end of a racing search: its favourites on as many shared examples as the budget has left."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.config import OptimizeConfig
from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import Candidate
from optimizer.search.final_choice import choose_on_shared_examples
from optimizer.search.racing.frontier import Standing

FINALISTS = 4
"""Favourites that the final choice compares; the held-out test has the first prompt in it anyway."""


def final_calls(config: OptimizeConfig, raced: int, calls_each: int) -> int:
    """Return the most calls that the final choice takes when the budget is no limit."""
    return FINALISTS * min(raced, config.final_choice_examples) * calls_each


def kept_calls(
    context: SearchContext, seed: Candidate, ranked: Sequence[Standing], raced: int, room: int | None
) -> int:
    """Return the calls to keep for the final choice: what it would take now, within its share of ``room``."""
    if room is None:
        return 0
    needed = _calls(context, _arms(seed, ranked), raced)
    return min(needed, round(room * context.config.racing.final_share))


async def choose_finally(
    context: SearchContext, seed: Candidate, ranked: Sequence[Standing], raced: int
) -> Candidate:
    """Return the best of the favourites on a prefix that all of them are scored on.

    Without a limit these are the configured examples. With one, what is left of it decides: as many as
    it holds, at most all that are raced on.
    """
    arms = _arms(seed, ranked)
    room = context.ledger.room()
    size = min(raced, context.config.final_choice_examples) if room is None else raced
    while size > 0 and room is not None and _calls(context, arms, size) > room:
        size -= 1
    return await choose_on_shared_examples(context, ranked[0].candidate, arms, examples=size)


def _arms(seed: Candidate, ranked: Sequence[Standing]) -> tuple[Candidate, ...]:
    """Return the favourites, the first prompt in front if it is one: far behind, it would only take calls."""
    favourites = [standing.candidate for standing in ranked[:FINALISTS]]
    return tuple(sorted(favourites, key=lambda item: item.id != seed.id))


def _calls(context: SearchContext, arms: Sequence[Candidate], size: int) -> int:
    return sum(context.evaluator.new_calls(arm.prompt, context.pool[:size]) for arm in arms)
