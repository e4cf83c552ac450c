"""ProTeGi: beam search over prompts with textual gradients and bandit selection (arXiv 2305.03495)."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.concurrently import together
from optimizer.config import OptimizeConfig
from optimizer.control import Feedback
from optimizer.events import ErrorCase, ErrorsGrouped, GradientsFound
from optimizer.search.algorithm import SearchContext
from optimizer.search.beam_plan import BeamPlan
from optimizer.search.beam_search import BeamAlgorithm
from optimizer.search.candidates import Candidate, Offspring
from optimizer.search.expansion import Expansion, expand
from optimizer.search.proposer import Proposed, Proposer

_SHOWN_ERRORS = 3


class ProTeGi(BeamAlgorithm):
    """Algorithm 1 of the paper, with its selection made paired and its final choice made on the pool."""

    def __init__(self) -> None:
        super().__init__("protegi", _Gradients, _plan)


def _plan(config: OptimizeConfig) -> BeamPlan:
    groups = config.error_groups
    edits = groups * config.reasons_per_group * config.edits_per_reason
    critiques = groups + groups * config.reasons_per_group
    paraphrases = (edits + 1) * config.paraphrases_per_edit
    return BeamPlan(
        minibatch=config.minibatch_size,
        critic=critiques + paraphrases,
        successors=config.max_successors,
        parents=config.beam_width,
        rounds=config.rounds,
        patience=config.patience,
        trips=4,
        shared_critic=1,
    )


class _Gradients(Proposer):
    """Proposes edits against textual gradients of every parent's errors, and paraphrases around them."""

    def __init__(self, context: SearchContext) -> None:
        self._context = context

    async def propose(
        self, number: int, parents: Sequence[Candidate], feedback: Sequence[Feedback]
    ) -> Proposed:
        """See ``Proposer.propose``."""
        expansions = await together(
            expand(self._context, parent, number, feedback if parent is parents[0] else ())
            for parent in parents
        )
        for expansion in expansions:
            self._tell(number, expansion)
        return Proposed(
            tuple(Offspring(item.parent, item.drafts) for item in expansions),
            tuple(reason for item in expansions for group in item.groups for reason in group.reasons),
            perfect=not any(item.wrong for item in expansions),
        )

    async def summary(self, number: int, proposed: Proposed) -> str:
        """Condense all gradients of the round."""
        if not proposed.reasons:
            return ""
        return await self._context.critic.summarise(proposed.reasons, f"r{number}/summary")

    def _tell(self, number: int, expansion: Expansion) -> None:
        sample = tuple(
            ErrorCase(item.example.shown, item.example.expected, item.answer)
            for item in expansion.wrong[:_SHOWN_ERRORS]
        )
        parent = expansion.parent.id
        self._context.emit(
            ErrorsGrouped(
                number, parent, expansion.minibatch, len(expansion.wrong), len(expansion.groups), sample
            )
        )
        for index, group in enumerate(expansion.groups):
            self._context.emit(GradientsFound(number, parent, index, group.reasons))
