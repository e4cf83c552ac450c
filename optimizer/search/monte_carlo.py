"""Monte Carlo search: iterative paraphrasing of the beam, as in APE (arXiv 2211.01910); ProTeGi's first baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.concurrently import both, together
from optimizer.config import OptimizeConfig
from optimizer.control import Feedback
from optimizer.search.algorithm import CallForecast, SearchContext, SearchState
from optimizer.search.beam_search import (
    BeamSearch,
    Proposed,
    RoundCost,
    Scored,
    follow_words,
    forecast_beam,
    is_flawless,
)
from optimizer.search.candidates import Candidate, Draft, Offspring


class MonteCarlo:
    """Samples as many successors as ProTeGi keeps, around the same beam, without looking at any error."""

    name = "mc"

    async def search(self, context: SearchContext, keep: Callable[[SearchState], None]) -> SearchState:
        """See ``Algorithm.search``."""
        config = context.config
        return await BeamSearch(context, keep, _Paraphrases(context), _cost(config), config.patience).run()

    def forecast(self, config: OptimizeConfig, pool: int) -> CallForecast:
        """See ``Algorithm.forecast``."""
        return forecast_beam(config, _cost(config), pool, trips=1)


def _cost(config: OptimizeConfig) -> RoundCost:
    return RoundCost(
        minibatch=0,
        critic=config.max_successors,
        successors=config.max_successors,
        parents=config.beam_width,
        rounds=config.rounds,
    )


class _Paraphrases:
    """Proposes independent paraphrases of every parent, one call each."""

    def __init__(self, context: SearchContext) -> None:
        self._context = context

    def parents(self, beam: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """Sample around the whole beam."""
        return tuple(beam)

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

    async def summary(self, number: int, proposed: Proposed) -> str:
        """Return nothing: no error was looked at."""
        return ""

    def learn(self, newcomers: Sequence[Candidate], ranking: Sequence[Scored]) -> None:
        """Nothing is kept from round to round but the beam."""

    async def _around(self, parent: Candidate, place: str) -> tuple[Draft, ...]:
        texts = await together(
            self._context.critic.paraphrase(parent.prompt, 1, f"{place}/mc{index}")
            for index in range(self._context.config.max_successors)
        )
        return tuple(Draft(text, "paraphrase") for some in texts for text in some)
