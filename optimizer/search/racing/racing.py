"""Reflective racing, the default search: reflect on cached errors, edit, race on a ladder of nested prefixes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from optimizer.concurrently import both
from optimizer.config import OptimizeConfig, RacingConfig
from optimizer.critique.summary import summarise_reasons
from optimizer.evaluation import count_unparseable
from optimizer.events import ArmScore, BaselineScored, GradientsSummarised, RungScored, StopReason
from optimizer.search.algorithm import CallForecast, SearchContext, SearchState
from optimizer.search.candidates import SEED_ID, Candidate
from optimizer.search.racing.climbing import Field
from optimizer.search.racing.costs import plan_round, reflection_size, search_cost
from optimizer.search.racing.demonstrated import spare_size
from optimizer.search.racing.even_order import evenly_ordered
from optimizer.search.racing.finish import choose_finally, kept_calls
from optimizer.search.racing.frontier import Standing, choose_parents, frontier
from optimizer.search.racing.ladder import ranked, rung_sizes
from optimizer.search.racing.newcomers import Proposing
from optimizer.search.racing.telling import tell_best, tell_start
from optimizer.search.warm_start import given_starts, take_lessons
from optimizer.seeds import generator


class ReflectiveRacing:
    """Our own default: see ``docs/algorithms.md`` for what it takes from whom, and why."""

    name = "racing"

    async def search(self, context: SearchContext, keep: Callable[[SearchState], None]) -> SearchState:
        """See ``Algorithm.search``."""
        return await _Search(context, keep).run()

    def forecast(self, config: OptimizeConfig, pool: int) -> CallForecast:
        """See ``Algorithm.forecast``."""
        return search_cost(config, pool)


class _Search:
    """State of one search: who stands where on the ladder, and who leads."""

    def __init__(self, context: SearchContext, keep: Callable[[SearchState], None]) -> None:
        if context.task.labels:
            context = replace(context, pool=evenly_ordered(context.pool))
        self.context = context
        self.config = context.config
        self.racing = context.config.racing
        self.keep = keep
        self.seed = Candidate(SEED_ID, context.task.prompt)
        pool = context.pool
        reflected = reflection_size(self.racing, len(pool))
        raced = len(pool) - reflected - spare_size(self.racing, len(pool))
        self.raced = raced
        self.sizes = rung_sizes(self.racing, raced)
        self.field = Field(context, self.sizes)
        self.reflected = reflected
        self.proposing = Proposing(
            context,
            first_rung=self.sizes[0],
            reflected=pool[raced : raced + reflected],
            spare=pool[raced + reflected :],
        )
        self.best = self.seed
        self.stale = 0

    async def run(self) -> SearchState:
        """Score the seed, then reflect and race until a stop reason holds."""
        self.keep(SearchState(self.seed, 0, "rounds"))
        await self._score_seed()
        await self._warm_up()
        self.room = self.context.ledger.room()
        stopped: StopReason | None = None
        done = 0
        while stopped is None and done < self.context.rounds:
            stopped = await self._round(done + 1)
            if stopped not in ("budget", "perfect"):
                done += 1
            self.keep(SearchState(self.best, done, stopped or "rounds"))
        chosen = await choose_finally(self.context, self.seed, self._ranked(), self.raced)
        state = SearchState(chosen, done, stopped or "rounds")
        self.keep(state)
        return state

    async def _score_seed(self) -> None:
        size = self.sizes[min(1, len(self.sizes) - 1)]
        await self.field.test([self.seed], size)
        judged = self.field.of(SEED_ID).judged
        self.context.emit(
            BaselineScored(self.context.evaluator.score(judged), len(judged), count_unparseable(judged))
        )
        self.proposing.screen.remember(self.seed.prompt)

    async def _warm_up(self) -> None:
        """Race the further prompts that the task starts from, and remember its lessons as reasons."""
        take_lessons(self.context)
        starts = given_starts(self.context)
        calls = len(starts) * self.sizes[0] * self.context.evaluator.calls_each
        if not starts or not self.context.ledger.allows(calls):
            return
        for start in starts:
            self.proposing.screen.remember(start.prompt)
        await self._race(0, starts, 0)
        self.best = self._ranked()[0].candidate

    async def _round(self, number: int) -> StopReason | None:
        kept = kept_calls(self.context, self.seed, self._ranked(), self.raced, self.room)
        plan = plan_round(self.context, self.sizes, self.reflected, self.room, kept)
        if plan is None:
            return "budget"
        feedback = self.context.control.take_feedback()
        parents, front = self._parents(number, plan)
        if not any(score < 1.0 for parent in parents for score in parent.scores) and not feedback:
            return "perfect"
        tell_start(self.context.emit, number, self.context.rounds, parents, feedback)
        brood = await self.proposing.propose(number, plan, parents, front, feedback)
        # Nothing may be in flight when the ladder asks what the budget holds, so only the first rung overlaps.
        summary, _ = await both(
            summarise_reasons(self.context.critic, brood.reasons, f"r{number}/all"),
            self.field.test(brood.newcomers, self.sizes[0]),
        )
        await self._race(number, brood.newcomers, kept)
        if summary:
            self.context.emit(GradientsSummarised(number, summary))
        return self._settle(number, brood.newcomers)

    def _parents(self, number: int, plan: RacingConfig) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
        """Return the round's parents, the leader first, and the frontier they are from."""
        contenders = self._contenders()
        shared = min(len(standing.judged) for standing in contenders)
        front = frontier([standing.on(shared) for standing in contenders])
        random = generator(self.config.seed, "parents", number)
        chosen = choose_parents(contenders[0], front, plan.parents, random)
        return tuple(self.field.of(item.candidate.id) for item in chosen), front

    def _contenders(self) -> tuple[Standing, ...]:
        """Return the best of those who left the first rung: the population that parents come from."""
        least = self.sizes[min(1, len(self.sizes) - 1)]
        tried = [standing for standing in self._ranked() if len(standing.judged) >= least]
        return tuple(tried[: self.racing.population])

    async def _race(self, number: int, newcomers: Sequence[Candidate], kept: int) -> None:
        def on_rung(rung: int, standings: Sequence[Standing], evaluations: int) -> None:
            size = self.sizes[rung - 1]
            arms = tuple(ArmScore(item.candidate.id, item.mean(size), size) for item in standings)
            self.context.emit(RungScored(number, rung, len(self.sizes), evaluations, arms))

        await self.field.race(newcomers, on_rung, kept)

    def _settle(self, number: int, newcomers: Sequence[Candidate]) -> StopReason | None:
        """Note what did not help, and name the best: ties keep the incumbent."""
        for item in newcomers:
            child, parent = self.field.of(item.id), self.field.of(item.parent)
            shared = min(len(child.judged), len(parent.judged))
            if child.mean(shared) <= parent.mean(shared):
                self.proposing.remember_failure(item)
        before = self.best
        contenders = self._contenders()
        self.best = contenders[0].candidate
        improved = self.best.id != before.id
        tell_best(
            self.context.emit,
            number,
            contenders,
            self.field.of(self.best.parent or self.best.id).candidate,
            improved=improved,
            calls=self.context.ledger.spent_calls,
        )
        self.stale = 0 if improved else self.stale + 1
        patience = self.config.patience
        return "patience" if patience is not None and self.stale >= patience else None

    def _ranked(self) -> tuple[Standing, ...]:
        return ranked(self.field.standings, self.sizes, self.racing.prior_weight)
