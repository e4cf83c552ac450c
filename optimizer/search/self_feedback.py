"""Self-feedback: a model that goes on mending its own last attempt, as AutoGPT does; a baseline of ProTeGi."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.concurrently import both
from optimizer.config import OptimizeConfig
from optimizer.control import Feedback
from optimizer.evaluation import Judged
from optimizer.events import ErrorCase, ErrorsGrouped, GradientsFound
from optimizer.search.algorithm import SearchContext
from optimizer.search.beam_plan import BeamPlan
from optimizer.search.beam_search import BeamAlgorithm
from optimizer.search.candidates import Candidate, Draft, Offspring
from optimizer.search.proposer import Proposed, Proposer, Scored, follow_words
from optimizer.seeds import generator

_SHOWN_ERRORS = 3
_SHOWN_ATTEMPT = 1_500
"""Characters of an earlier attempt that the model sees again."""


class SelfFeedback(BeamAlgorithm):
    """Each turn the optimizer model sees its last prompt, errors of it, and all attempts with their scores.

    The AutoGPT baseline of ProTeGi (arXiv 2305.03495), which has six turns too.
    It then writes one new prompt. There is no search around that: the next turn goes on from the
    new prompt even when it is worse. Number of turns: ``OptimizeConfig.self_feedback_turns``.
    """

    def __init__(self) -> None:
        super().__init__("self-feedback", _OneAgent, _plan)


def _plan(config: OptimizeConfig) -> BeamPlan:
    return BeamPlan(
        minibatch=config.minibatch_size,
        critic=2,
        successors=1,
        parents=1,
        rounds=config.self_feedback_turns,
        patience=None,
        trips=3,
    )


class _OneAgent(Proposer):
    """The agent's memory: its last attempt, and every attempt with the score it had."""

    def __init__(self, context: SearchContext) -> None:
        self._context = context
        self._last: Candidate | None = None
        self._attempts: list[str] = []

    def parents(self, beam: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """Go on from the last attempt, whatever its score."""
        return (self._last or beam[0],)

    async def propose(
        self, number: int, parents: Sequence[Candidate], feedback: Sequence[Feedback]
    ) -> Proposed:
        """See ``Proposer.propose``."""
        last = parents[0]
        context, config = self._context, self._context.config
        place = f"r{number}/{last.id}"
        minibatch = generator(config.seed, "minibatch", place).sample(
            context.pool, min(config.minibatch_size, len(context.pool))
        )
        judged = await context.evaluator.evaluate(last.prompt, minibatch)
        wrong = tuple(item for item in judged if item.is_wrong)
        shown = wrong[: config.error_groups * config.errors_per_group]
        drafts, wished = await both(
            self._reflect(number, last, shown, place), follow_words(context, last, feedback, number)
        )
        self._tell(number, last, len(minibatch), wrong, drafts)
        return Proposed((Offspring(last, (*wished, *drafts)),), perfect=not wrong)

    def learn(self, newcomers: Sequence[Candidate], ranking: Sequence[Scored]) -> None:
        """Remember the attempt and its score."""
        arms = {candidate.id: arm for candidate, arm in ranking}
        for attempt in newcomers:
            score = arms[attempt.id].mean
            self._attempts.append(f"Score {score:.0%}: {attempt.prompt.editable_text[:_SHOWN_ATTEMPT]}")
            self._last = attempt

    async def _reflect(
        self, number: int, last: Candidate, wrong: Sequence[Judged], place: str
    ) -> tuple[Draft, ...]:
        if not wrong:
            return ()
        critic = self._context.critic
        reasons = await critic.critique(last.prompt, wrong, 1, place)
        reason = reasons[0] if reasons else "Some answers are wrong."
        texts = await critic.edit(last.prompt, wrong, reason, 1, f"{place}/e", failed=self._attempts)
        return tuple(Draft(text, "edit", reason) for text in texts)

    def _tell(
        self, number: int, last: Candidate, minibatch: int, wrong: Sequence[Judged], drafts: Sequence[Draft]
    ) -> None:
        sample = tuple(
            ErrorCase(item.example.shown, item.example.expected, item.answer)
            for item in wrong[:_SHOWN_ERRORS]
        )
        emit = self._context.emit
        emit(ErrorsGrouped(number, last.id, minibatch, len(wrong), min(1, len(wrong)), sample))
        for index, draft in enumerate(drafts):
            emit(GradientsFound(number, last.id, index, (draft.reason,)))
