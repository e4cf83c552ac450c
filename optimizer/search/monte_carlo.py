"""Monte Carlo search: iterative paraphrasing of the beam, as in APE (arXiv 2211.01910); ProTeGi's first baseline."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.concurrently import both, together
from optimizer.control import Feedback
from optimizer.search.algorithm import SearchContext
from optimizer.search.beam_plan import plan_of_samples
from optimizer.search.beam_search import BeamAlgorithm
from optimizer.search.candidates import Candidate, Draft, Offspring
from optimizer.search.proposer import Proposed, Proposer, follow_words, is_flawless


class MonteCarlo(BeamAlgorithm):
    """Samples as many successors as ProTeGi keeps, around the same beam, without looking at any error."""

    def __init__(self) -> None:
        super().__init__("mc", _Paraphrases, plan_of_samples)


class _Paraphrases(Proposer):
    """Proposes independent paraphrases of every parent, one call each."""

    def __init__(self, context: SearchContext) -> None:
        self._context = context

    async def propose(
        self, number: int, parents: Sequence[Candidate], feedback: Sequence[Feedback]
    ) -> Proposed:
        """See ``Proposer.propose``."""
        if not feedback and await is_flawless(self._context, parents[0]):
            return Proposed((), perfect=True)
        sampled, wished = await both(
            together(self._around(parent, f"r{number}/{parent.id}") for parent in parents),
            follow_words(self._context, parents[0], feedback, number),
        )
        sampled[0] = (*wished, *sampled[0])
        return Proposed(
            tuple(Offspring(parent, drafts) for parent, drafts in zip(parents, sampled, strict=True))
        )

    async def _around(self, parent: Candidate, place: str) -> tuple[Draft, ...]:
        texts = await together(
            self._context.critic.paraphrase(parent.prompt, 1, f"{place}/mc{index}")
            for index in range(self._context.config.max_successors)
        )
        return tuple(Draft(text, "paraphrase") for some in texts for text in some)
