"""Who proposes the successors of a beam: the part in which the paper's searches differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from optimizer.concurrently import together
from optimizer.control import Feedback
from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import Candidate, Draft, Offspring
from optimizer.selection.arms import Arm


@dataclass(frozen=True, slots=True)
class Proposed:
    """The drafts of a round and the reasons behind them; ``perfect``: there is nothing to mend."""

    offspring: tuple[Offspring, ...]
    reasons: tuple[str, ...] = ()
    perfect: bool = False


class Scored(NamedTuple):
    """A candidate with what selection saw of it."""

    candidate: Candidate
    arm: Arm


class Proposer(Protocol):
    """Makes the drafts of a round; lives as long as one search. Subclasses need ``propose`` alone."""

    def parents(self, beam: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """Choose whom to work on: the whole beam. The first one also follows a person's words."""
        return tuple(beam)

    async def propose(
        self, number: int, parents: Sequence[Candidate], feedback: Sequence[Feedback]
    ) -> Proposed:
        """Propose successors of ``parents`` in round ``number``; emit events in a fixed order."""
        ...

    async def summary(self, number: int, proposed: Proposed) -> str:
        """Say in one paragraph what the round learned; runs beside the selection. Empty for nothing."""
        return ""

    def learn(self, newcomers: Sequence[Candidate], ranking: Sequence[Scored]) -> None:
        """Take in how the admitted successors did."""
        return


async def follow_words(
    context: SearchContext, parent: Candidate, feedback: Sequence[Feedback], number: int
) -> tuple[Draft, ...]:
    """Turn each person's words into one edit of ``parent``, as if they were a reason."""
    texts = await together(
        context.critic.edit(parent.prompt, (), words.text, 1, f"r{number}/{parent.id}/h{index}")
        for index, words in enumerate(feedback)
    )
    return tuple(
        Draft(text, "edit", words.text) for words, some in zip(feedback, texts, strict=True) for text in some
    )


async def is_flawless(context: SearchContext, candidate: Candidate) -> bool:
    """Tell whether the candidate is right on its whole first prefix; False while that is not known."""
    prefix = context.pool[: context.config.evaluations_per_candidate]
    if context.evaluator.new_calls(candidate.prompt, prefix):
        return False
    judged = await context.evaluator.evaluate(candidate.prompt, prefix)
    return all(item.outcome.score >= 1.0 for item in judged)
