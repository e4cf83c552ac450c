"""The frame of the paper's searches: propose, admit, select, keep a beam; who proposes is a part of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.concurrently import both
from optimizer.config import OptimizeConfig
from optimizer.evaluation import count_unparseable
from optimizer.events import (
    ArmScore,
    BaselineScored,
    BeamSelected,
    FeedbackTaken,
    GradientsSummarised,
    RoundStarted,
    RungScored,
    StopReason,
)
from optimizer.prompts.rules import fingerprint
from optimizer.search.admission import AdmissionRules, admit
from optimizer.search.algorithm import CallForecast, SearchContext, SearchState
from optimizer.search.beam_plan import BeamPlan, forecast_beam, round_calls
from optimizer.search.candidates import SEED_ID, Candidate
from optimizer.search.final_choice import choose_on_shared_examples
from optimizer.search.proposer import Proposer, Scored
from optimizer.search.warm_start import given_starts, take_lessons
from optimizer.selection.arms import Arm
from optimizer.selection.choose import choose_selector


class BeamAlgorithm:
    """An ``Algorithm`` made of a proposer and a plan."""

    def __init__(
        self,
        name: str,
        proposer: Callable[[SearchContext], Proposer],
        plan: Callable[[OptimizeConfig], BeamPlan],
    ) -> None:
        self.name = name
        self._proposer = proposer
        self._plan = plan

    async def search(self, context: SearchContext, keep: Callable[[SearchState], None]) -> SearchState:
        """See ``Algorithm.search``."""
        return await BeamSearch(context, keep, self._proposer(context), self._plan(context.config)).run()

    def forecast(self, config: OptimizeConfig, pool: int) -> CallForecast:
        """See ``Algorithm.forecast``: an upper bound, as if no round ended the search early."""
        return forecast_beam(config, self._plan(config), pool)


class BeamSearch:
    """State of one search: the beam, every candidate by id, and what was seen already."""

    def __init__(
        self,
        context: SearchContext,
        keep: Callable[[SearchState], None],
        proposer: Proposer,
        plan: BeamPlan,
    ) -> None:
        self._context = context
        self._config = context.config
        self._keep = keep
        self._proposer = proposer
        self._plan = plan
        self._seed = Candidate(SEED_ID, context.task.prompt)
        starts = given_starts(context)[: context.config.beam_width - 1]
        self._beam: tuple[Candidate, ...] = (self._seed, *starts)
        self._by_id = {item.id: item for item in self._beam}
        self._seen = {fingerprint(item.prompt.text) for item in self._beam}
        self._best = self._seed
        self._stale = 0

    async def run(self) -> SearchState:
        """Search until a stop reason holds, then choose among beam and seed on shared examples."""
        self._keep(SearchState(self._best, 0, "rounds"))
        take_lessons(self._context)
        await self._baseline()
        stopped: StopReason | None = None
        done = 0
        while not stopped and done < self._rounds:
            stopped = await self._round(done + 1)
            if stopped not in ("budget", "perfect"):
                done += 1
            self._keep(SearchState(self._best, done, stopped or "rounds"))
        self._best = await choose_on_shared_examples(self._context, self._best, (self._seed, *self._beam))
        state = SearchState(self._best, done, stopped or "rounds")
        self._keep(state)
        return state

    @property
    def _rounds(self) -> int:
        """Rounds planned, and those that a person granted since."""
        return self._plan.rounds + self._context.control.extra_rounds

    async def _baseline(self) -> None:
        size = min(len(self._context.pool), self._config.evaluations_per_candidate)
        judged = await self._context.evaluator.evaluate(self._seed.prompt, self._context.pool[:size])
        score = self._context.evaluator.score(judged)
        self._context.emit(BaselineScored(score, size, count_unparseable(judged)))

    async def _round(self, number: int) -> StopReason | None:
        """Propose, admit, select. Returns why the search must stop, None to go on."""
        parents = self._proposer.parents(self._beam)
        if not self._affordable(len(parents)):
            return "budget"
        emit = self._context.emit
        emit(RoundStarted(number, self._rounds, tuple(item.id for item in parents)))
        feedback = self._context.control.take_feedback()
        for words in feedback:
            emit(FeedbackTaken(number, words.text, words.author))
        proposed = await self._proposer.propose(number, parents, feedback)
        if proposed.perfect and not feedback:
            return "perfect"
        rules = AdmissionRules(self._config.max_prompt_chars, self._config.max_successors, self._config.seed)
        newcomers = admit(proposed.offspring, number, self._seen, rules, emit)
        self._by_id.update({item.id: item for item in newcomers})
        ranking, summary = await both(
            self._select(number, newcomers), self._proposer.summary(number, proposed)
        )
        if summary:
            emit(GradientsSummarised(number, summary))
        self._proposer.learn(newcomers, ranking)
        return self._settle(number, ranking)

    def _affordable(self, parents: int) -> bool:
        critic, answers = round_calls(
            self._config, self._plan, parents, len(self._beam), len(self._context.pool)
        )
        return self._context.ledger.allows(critic + answers * self._context.evaluator.calls_each)

    async def _select(self, number: int, newcomers: Sequence[Candidate]) -> list[Scored]:
        """Run the selector over the old beam (first, so that it wins ties) and the newcomers."""
        arms = (*self._beam, *newcomers)
        pool = self._context.pool

        async def pull(arm: int, start: int, stop: int) -> Sequence[float]:
            judged = await self._context.evaluator.evaluate(arms[arm].prompt, pool[start:stop])
            return [item.outcome.score for item in judged]

        def on_wave(wave: int, waves: int, evaluations: int, table: Sequence[Arm]) -> None:
            scores = tuple(ArmScore(arms[arm.index].id, arm.mean, arm.pulls) for arm in table)
            self._context.emit(RungScored(number, wave, waves, evaluations, scores))

        budget = self._config.evaluations_per_candidate * len(arms)
        ranking = await choose_selector(self._config).select(len(arms), len(pool), budget, pull, on_wave)
        return [Scored(arms[arm.index], arm) for arm in ranking]

    def _settle(self, number: int, ranking: Sequence[Scored]) -> StopReason | None:
        kept = ranking[: self._config.beam_width]
        self._beam = tuple(candidate for candidate, _ in kept)
        best, arm = kept[0]
        improved = best.id != self._best.id
        self._best = best
        self._context.emit(
            BeamSelected(
                round=number,
                beam=tuple(ArmScore(item.id, score.mean, score.pulls) for item, score in kept),
                best=best.id,
                best_score=arm.mean,
                best_text=best.prompt.text,
                parent_text=self._by_id[best.parent or best.id].prompt.text,
                reason=best.reason,
                improved=improved,
                calls=self._context.ledger.spent_calls,
            )
        )
        self._stale = 0 if improved else self._stale + 1
        patient = self._plan.patience is None or self._stale < self._plan.patience
        return None if patient else "patience"
