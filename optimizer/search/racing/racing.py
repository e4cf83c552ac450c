"""Reflective racing, the default search: reflect on cached errors, edit, race on nested prefixes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from optimizer.concurrently import both, together
from optimizer.config import OptimizeConfig, RacingConfig
from optimizer.control import Feedback
from optimizer.critique.summary import summarise_reasons
from optimizer.evaluation import Judged, count_unparseable
from optimizer.events import (
    ArmScore,
    BaselineScored,
    CandidateRejected,
    GradientsSummarised,
    RungScored,
    StopReason,
)
from optimizer.search.algorithm import CallForecast, SearchContext, SearchState
from optimizer.search.candidates import SEED_ID, Candidate, Draft
from optimizer.search.final_choice import choose_on_shared_examples
from optimizer.search.racing.costs import affordable_plan, reflection_size, search_cost
from optimizer.search.racing.demonstrated import demonstrated, spare_size
from optimizer.search.racing.frontier import (
    Standing,
    choose_parents,
    complementary,
    frontier,
    shared_difficulty,
)
from optimizer.search.racing.reflection import OnDraft, Reflection, follow, merge, reflect
from optimizer.search.racing.rungs import race, race_calls, rung_sizes
from optimizer.search.racing.screening import Screen
from optimizer.search.racing.telling import tell_best, tell_proposals, tell_reasons, tell_start
from optimizer.search.warm_start import given_starts, take_lessons
from optimizer.seeds import generator

_REMEMBERED_FAILURES = 6


class ReflectiveRacing:
    """Our own default: see ``docs/algorithms.md`` for what it takes from whom, and why."""

    name = "racing"

    async def search(self, context: SearchContext, keep: Callable[[SearchState], None]) -> SearchState:
        """See ``Algorithm.search``."""
        return await _Search(context, keep).run()

    def forecast(self, config: OptimizeConfig, pool: int) -> CallForecast:
        """See ``Algorithm.forecast``."""
        return search_cost(config, pool)


class _Child(NamedTuple):
    """A draft with the standing of its parent."""

    parent: Standing
    draft: Draft


class _Search:
    """State of one search: the population on the shared prefix, and what is known of failed edits."""

    def __init__(self, context: SearchContext, keep: Callable[[SearchState], None]) -> None:
        self.context = context
        self.config = context.config
        self.racing = context.config.racing
        self.keep = keep
        self.seed = Candidate(SEED_ID, context.task.prompt)
        self.by_id = {SEED_ID: self.seed}
        pool = context.pool
        reflected = reflection_size(self.racing, len(pool))
        raced = len(pool) - reflected - spare_size(self.racing, len(pool))
        self.raced, self.reflected = pool[:raced], pool[raced : raced + reflected]
        self.spare = pool[raced + reflected :]
        self.sizes = rung_sizes(self.racing, raced)
        self.screen = Screen(context.pool, self.config.max_prompt_chars)
        self.population: tuple[Standing, ...] = ()
        self.best: Standing | None = None
        self.failed: defaultdict[str, list[str]] = defaultdict(list)
        self.stale = 0

    async def run(self) -> SearchState:
        """Score the seed, then reflect and race until a stop reason holds."""
        self.keep(SearchState(self.seed, 0, "rounds"))
        prefix = self.context.pool[: self.sizes[-1]]
        judged = await self.context.evaluator.evaluate(self.seed.prompt, prefix)
        self.context.emit(
            BaselineScored(self.context.evaluator.score(judged), len(prefix), count_unparseable(judged))
        )
        self.best = Standing(self.seed, tuple(judged))
        self.population = (self.best,)
        self.screen.remember(self.seed.prompt)
        await self._warm_up()
        stopped: StopReason | None = None
        done = 0
        while stopped is None and done < self.context.rounds:
            stopped = await self._round(done + 1)
            if stopped not in ("budget", "perfect"):
                done += 1
            self.keep(SearchState(self.best.candidate, done, stopped or "rounds"))
        others = (self.seed, *(standing.candidate for standing in self._ranked()[:3]))
        chosen = await choose_on_shared_examples(self.context, self.best.candidate, others)
        state = SearchState(chosen, done, stopped or "rounds")
        self.keep(state)
        return state

    async def _warm_up(self) -> None:
        """Race the further prompts that the task starts from, and remember its lessons as reasons."""
        take_lessons(self.context)
        starts = given_starts(self.context)
        calls = race_calls(self.racing, len(starts), self.sizes[-1], 1) * self.context.evaluator.calls_each
        if not starts or not self.context.ledger.allows(calls):
            return
        for start in starts:
            self.by_id[start.id] = start
            self.screen.remember(start.prompt)
        self.population = (*self.population, *await self._race(0, starts))
        self.best = self._ranked()[0]

    async def _round(self, number: int) -> StopReason | None:
        plan = affordable_plan(
            self.racing,
            len(self.raced),
            len(self.population),
            len(self.reflected),
            self.context.evaluator.calls_each,
            self.context.ledger.allows,
        )
        if plan is None:
            return "budget"
        feedback = self.context.control.take_feedback()
        front = frontier(self.population)
        if not any(score < 1.0 for standing in front for score in standing.scores) and not feedback:
            return "perfect"
        parents = choose_parents(
            self.population, plan.parents, generator(self.config.seed, "parents", number)
        )
        tell_start(self.context.emit, number, self.context.rounds, parents, feedback)
        reflections, children = await self._reflect(number, plan, parents, front, feedback)
        newcomers = self._admit(number, children, parents[0])
        reasons = [reflection.summary for reflection in reflections if reflection.summary]
        survivors, summary = await both(
            self._race(number, newcomers),
            summarise_reasons(self.context.critic, reasons, f"r{number}/all"),
        )
        if summary:
            self.context.emit(GradientsSummarised(number, summary))
        return self._settle(number, newcomers, survivors)

    async def _judged(self, parents: Sequence[Standing]) -> list[tuple[Judged, ...]]:
        """Return the results that the parents are criticised on: cached, or on examples of their own."""
        if not self.reflected:
            return [parent.judged for parent in parents]
        results = await together(
            self.context.evaluator.evaluate(parent.candidate.prompt, self.reflected) for parent in parents
        )
        return [tuple(judged) for judged in results]

    async def _reflect(
        self,
        number: int,
        plan: RacingConfig,
        parents: Sequence[Standing],
        front: Sequence[Standing],
        feedback: Sequence[Feedback],
    ) -> tuple[list[Reflection], list[_Child]]:
        """Let every parent reflect at once; each draft starts its first rung as soon as it is there."""
        results = await self._judged(parents)
        shared = [Standing(one.candidate, judged) for one, judged in zip(parents, results, strict=True)]
        difficulty = shared_difficulty(shared if self.reflected else front)
        context = replace(self.context, config=replace(self.config, racing=plan))
        place = f"r{number}"

        def starter(parent: Standing) -> OnDraft:
            async def start(draft: Draft) -> None:
                prompt = parent.candidate.prompt
                if self.screen.why_not(prompt, draft.text) is None:
                    first = self.context.pool[: self.sizes[0]]
                    await self.context.evaluator.evaluate(prompt.with_edit(draft.text), first)

            return start

        reflecting = together(
            reflect(
                context,
                parent,
                judged,
                difficulty,
                self.failed[parent.candidate.id],
                f"{place}/{parent.candidate.id}",
                starter(parent),
            )
            for parent, judged in zip(parents, results, strict=True)
        )
        leader = parents[0]
        pair = complementary(front, self.racing.merge_wins) if len(front) > 1 else None
        extra = [
            follow(self.context, leader, words, f"{place}/h{index}", starter(leader))
            for index, words in enumerate(feedback)
        ]
        if pair:
            extra.append(merge(self.context, *pair, f"{place}/merge", starter(pair[0])))
        reflections, extras = await both(reflecting, together(extra))
        children = [
            _Child(reflection.parent, draft) for reflection in reflections for draft in reflection.drafts
        ]
        for index, drafts in enumerate(extras):
            parent = pair[0] if pair and index == len(feedback) else leader
            children.extend(_Child(parent, draft) for draft in drafts)
        for reflection in reflections:
            tell_reasons(self.context.emit, number, reflection)
        return reflections, children

    def _admit(self, number: int, children: Sequence[_Child], leader: Standing) -> tuple[Candidate, ...]:
        """Screen the drafts in a fixed order, make candidates of those that pass, add a demonstrated one."""
        admitted: list[Candidate] = []
        for parent, draft in children:
            prompt = parent.candidate.prompt
            why = self.screen.why_not(prompt, draft.text)
            if why:
                self.context.emit(CandidateRejected(number, parent.candidate.id, draft.origin, why))
                continue
            made = Candidate(
                f"r{number}.{len(admitted) + 1}",
                prompt.with_edit(draft.text),
                parent.candidate.id,
                draft.origin,
                draft.reason,
            )
            self.screen.remember(made.prompt)
            self.by_id[made.id] = made
            admitted.append(made)
        shown = demonstrated(
            leader.candidate,
            self.spare,
            self.racing.demonstrations,
            generator(self.config.seed, "demonstrations", number),
            name=f"r{number}.{len(admitted) + 1}",
        )
        if shown is not None:
            self.by_id[shown.id] = shown
            admitted.append(shown)
        tell_proposals(self.context.emit, number, admitted)
        return tuple(admitted)

    async def _race(self, number: int, newcomers: Sequence[Candidate]) -> tuple[Standing, ...]:
        evaluations = 0

        def on_rung(rung: int, rungs: int, standings: Sequence[Standing]) -> None:
            nonlocal evaluations
            size = self.sizes[rung - 1]
            evaluations += size * (len(standings) - len(self.population))
            arms = tuple(ArmScore(item.candidate.id, item.mean(size), size) for item in standings)
            self.context.emit(RungScored(number, rung, rungs, evaluations, arms))

        if not newcomers:
            return ()
        return await race(self.context, newcomers, self._ranked(), self.sizes, on_rung)

    def _settle(
        self, number: int, newcomers: Sequence[Candidate], survivors: Sequence[Standing]
    ) -> StopReason | None:
        """Take the survivors in, note what did not help, and name the best: ties keep the incumbent."""
        before = self.best
        by_id = {standing.candidate.id: standing for standing in self.population}
        arrived = {standing.candidate.id: standing for standing in survivors}
        for item in newcomers:
            child, parent = arrived.get(item.id), by_id[item.parent]
            if child is None or child.mean() <= parent.mean():
                told = f"{item.reason} (tried: no gain)" if item.reason else "A rewording (no gain)"
                self.failed[item.parent].append(told[:400])
                del self.failed[item.parent][:-_REMEMBERED_FAILURES]
        self.population = (*self.population, *survivors)
        ranked = self._ranked()
        self.best = ranked[0]
        front = {standing.candidate.id for standing in frontier(self.population)}
        kept = [standing for standing in ranked if standing.candidate.id in front]
        self.population = tuple(kept[: self.racing.population])
        improved = before is None or self.best.candidate.id != before.candidate.id
        tell_best(
            self.context.emit,
            number,
            self._ranked(),
            self.by_id,
            improved=improved,
            calls=self.context.ledger.spent_calls,
        )
        self.stale = 0 if improved else self.stale + 1
        patience = self.config.patience
        return "patience" if patience is not None and self.stale >= patience else None

    def _ranked(self) -> tuple[Standing, ...]:
        """Return the population, best mean first; ties keep the earlier one."""
        order = sorted(range(len(self.population)), key=lambda index: (-self.population[index].mean(), index))
        return tuple(self.population[index] for index in order)
