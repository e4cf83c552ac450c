"""Few-shot demonstrations as one kind of newcomer: kept only if it wins its race."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from optimizer.config import RacingConfig
from optimizer.prompts.few_shot import demonstrations_of, with_demonstrations
from optimizer.search.candidates import Candidate
from optimizer.task import Example


def spare_size(racing: RacingConfig, pool: int) -> int:
    """Return how many examples of the pool are kept for demonstrations."""
    return int(pool * racing.spare_share) if racing.demonstrations else 0


def demonstrated(
    leader: Candidate, spare: Sequence[Example], count: int, random: Random, *, name: str
) -> Candidate | None:
    """Return ``leader`` with solved examples out of ``spare``; None when there is nothing new to show.

    ``spare`` is the part of the pool that is never raced on: a score on an example that the prompt
    itself shows would say nothing.
    """
    chosen = one_per_answer(spare, count, random)
    prompt = with_demonstrations(leader.prompt, chosen)
    if not chosen or demonstrations_of(prompt) == demonstrations_of(leader.prompt):
        return None
    return Candidate(name, prompt, leader.id, "demonstrations", f"Shows {len(chosen)} solved examples.")


def one_per_answer(examples: Sequence[Example], count: int, random: Random) -> tuple[Example, ...]:
    """Draw ``count`` examples so that every expected answer comes up before one comes up twice."""
    shuffled = random.sample(examples, len(examples))
    seen: Counter[str] = Counter()
    turns: list[tuple[int, int, Example]] = []
    for example in shuffled:
        turns.append((seen[example.expected], len(turns), example))
        seen[example.expected] += 1
    return tuple(example for _, _, example in sorted(turns, key=lambda turn: turn[:2])[:count])
