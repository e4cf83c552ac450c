"""Prompt evolution, the algorithm ``evolve``: generations of whole rewrites, halved, judged, analysed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from optimizer.concurrently import both, together
from optimizer.config import OptimizeConfig
from optimizer.control import Feedback
from optimizer.critique.summary import summarise_reasons
from optimizer.evaluation import count_unparseable
from optimizer.events import BaselineScored, CandidateRejected, GradientsSummarised, StopReason
from optimizer.prompts.structure import (
    changed_titles,
    read_structure,
    rebuilt,
    whole,
    why_broken,
    why_other_headings,
)
from optimizer.search.algorithm import CallForecast, SearchContext, SearchState
from optimizer.search.candidates import SEED_ID, Candidate
from optimizer.search.final_choice import choose_on_shared_examples
from optimizer.search.prompt_evolution.costs import affordable_variants, evolution_cost, kept_incumbents
from optimizer.search.prompt_evolution.events import SectionChange, SectionsChanged
from optimizer.search.prompt_evolution.halving import halve, halving_calls
from optimizer.search.prompt_evolution.memory import Memory
from optimizer.search.prompt_evolution.method import EMPHASES
from optimizer.search.prompt_evolution.telling import tell_analyses
from optimizer.search.prompt_evolution.variants import Parent, Variant, follow_words, make_variant
from optimizer.search.racing.frontier import Standing
from optimizer.search.racing.screening import Screen
from optimizer.search.racing.telling import tell_best, tell_proposals, tell_start
from optimizer.search.warm_start import given_starts, take_lessons
from optimizer.seeds import generator


class PromptEvolution:
    """Evolves a structured prompt as a whole; see ``docs/algorithms.md`` for how it differs from racing."""

    name = "evolve"

    async def search(self, context: SearchContext, keep: Callable[[SearchState], None]) -> SearchState:
        """See ``Algorithm.search``.

        Raises:
            InputError: the prompt has no section that may change, or not those that the configuration names.
        """
        return await _Evolution(context, keep).run()

    def forecast(self, config: OptimizeConfig, pool: int) -> CallForecast:
        """See ``Algorithm.forecast``."""
        return evolution_cost(config, pool)


class _Evolution:
    """State of one search: the kept incumbents, best first, and the memory of all generations."""

    def __init__(self, context: SearchContext, keep: Callable[[SearchState], None]) -> None:
        self.context = context
        self.config = context.config
        self.keep = keep
        self.seed = Candidate(SEED_ID, whole(context.task.prompt))
        self.structure = read_structure(context.task.prompt, self.config.evolve.sections)
        self.depth = min(self.config.evolve.examples, len(context.pool))
        self.limit = _longest(self.config, len(self.seed.prompt.base))
        # One new sentence in a long prompt is a variant of its own, so only equal word pairs count as known.
        self.screen = Screen(context.pool, self.config.max_prompt_chars, nearly=1.0)
        self.memory = Memory(self.seed, self.config.evolve.history)
        self.population: tuple[Standing, ...] = ()
        self.stale = 0

    async def run(self) -> SearchState:
        """Score the first prompt, then evolve generation after generation until a stop reason holds."""
        self.keep(SearchState(self.seed, 0, "rounds"))
        await self._baseline()
        await self._warm_up()
        stopped: StopReason | None = None
        done = 0
        while stopped is None and done < self.context.rounds:
            stopped = await self._generation(done + 1)
            if stopped not in ("budget", "perfect"):
                done += 1
            self.keep(SearchState(self.population[0].candidate, done, stopped or "rounds"))
        others = (self.seed, *(standing.candidate for standing in self.population))
        chosen = await choose_on_shared_examples(self.context, self.population[0].candidate, others)
        state = SearchState(chosen, done, stopped or "rounds")
        self.keep(state)
        return state

    async def _baseline(self) -> None:
        evaluator, prefix = self.context.evaluator, self.context.pool[: self.depth]
        judged = await evaluator.evaluate(self.seed.prompt, prefix)
        self.context.emit(BaselineScored(evaluator.score(judged), len(prefix), count_unparseable(judged)))
        self.population = (Standing(self.seed, tuple(judged)),)
        self.memory.judged(self.population[0])
        self.screen.remember(self.seed.prompt)

    async def _warm_up(self) -> None:
        """Halve the further prompts that the task starts from, and take up its lessons as a person's words."""
        take_lessons(self.context)
        starts = []
        for item in given_starts(self.context):
            prompt = whole(item.prompt)
            why = why_other_headings(self.structure, prompt)
            if why:
                self.context.emit(CandidateRejected(0, SEED_ID, item.origin, why))
            else:
                starts.append(replace(item, prompt=prompt))
        calls = halving_calls(len(starts), self.depth, self.config.halving_eta)
        if not starts or not self.context.ledger.allows(calls * self.context.evaluator.calls_each):
            return
        for start in starts:
            self.memory.add(start)
            self.screen.remember(start.prompt)
        _, finalists = await halve(self.context, 0, self.population[0], starts, self.depth)
        self._take_in(finalists)

    async def _generation(self, number: int) -> StopReason | None:
        """Make variants, admit, halve, settle. Returns why the search must stop, None to go on."""
        feedback = self.context.control.take_feedback()
        evaluator, ledger = self.context.evaluator, self.context.ledger
        count = affordable_variants(
            self.config, len(feedback), self.depth, evaluator.calls_each, ledger.allows
        )
        if count == 0:
            return "budget"
        best = self.population[0]
        if not _flawed(best) and not feedback:
            return "perfect"
        parents = self._parents(count) if _flawed(best) else []
        told = tuple(dict.fromkeys(parents)) or (best,)
        tell_start(self.context.emit, number, self.context.rounds, told, feedback)
        variants = await self._vary(number, parents, feedback)
        tell_analyses(self.context.emit, number, variants)
        newcomers = self._admit(number, variants)
        reasons = list(dict.fromkeys(reason for variant in variants for reason in variant.reasons))
        (trials, finalists), summary = await both(
            halve(self.context, number, best, newcomers, self.depth),
            summarise_reasons(self.context.critic, reasons, f"r{number}/all"),
        )
        if summary:
            self.context.emit(GradientsSummarised(number, summary))
        self.memory.learn(trials, finalists)
        return self._settle(number, finalists)

    def _parents(self, count: int) -> list[Standing]:
        """Return each variant's parent: the best one for every second, the other incumbents in turn."""
        best, *others = (item for item in self.population if _flawed(item))
        turns = itertools.cycle(others or [best])
        return [best if index % 2 == 0 else next(turns) for index in range(count)]

    async def _vary(
        self, number: int, parents: Sequence[Standing], feedback: Sequence[Feedback]
    ) -> tuple[Variant, ...]:
        """Run all (analysis, rewrite) pairs at once; a person's words evolve the best incumbent."""
        random = generator(self.config.seed, "emphases", number)
        drawn = [self.memory.policy.draw(tuple(EMPHASES), random) for _ in parents]
        known = {item.candidate.id: self.memory.parent(item) for item in self.population}

        def of(standing: Standing) -> Parent:
            return known[standing.candidate.id]

        made = await together(
            [
                make_variant(self.context, self.structure, of(parent), emphasis, f"r{number}/v{index}")
                for index, (parent, emphasis) in enumerate(zip(parents, drawn, strict=True))
            ]
            + [
                follow_words(
                    self.context, self.structure, of(self.population[0]), words, f"r{number}/h{index}"
                )
                for index, words in enumerate(feedback)
            ]
        )
        return tuple(made)

    def _admit(self, number: int, variants: Sequence[Variant]) -> tuple[Candidate, ...]:
        """Check the rewrites against the rules in a fixed order; what breaks one is told and dropped."""
        admitted: list[Candidate] = []
        changes: list[SectionChange] = []
        for variant in variants:
            if variant.rewrite is None:
                continue
            parent = variant.parent.standing.candidate
            why = why_broken(self.structure, parent.prompt, variant.rewrite.text, limit=self.limit)
            prompt = None if why else rebuilt(self.structure, parent.prompt, variant.rewrite.text)
            why = why or (self.screen.why_known(parent.prompt, prompt) if prompt else None)
            if why or prompt is None:
                self.context.emit(CandidateRejected(number, parent.id, variant.emphasis, why or ""))
                continue
            made = Candidate(
                f"r{number}.{len(admitted) + 1}", prompt, parent.id, variant.emphasis, variant.reasons[0]
            )
            changed = tuple(
                SectionChange(made.id, title, variant.rewrite.why(title) or variant.reasons[0])
                for title in changed_titles(parent.prompt, prompt)
            )
            self.screen.remember(prompt)
            self.memory.add(made, changed)
            admitted.append(made)
            changes.extend(changed)
        tell_proposals(self.context.emit, number, admitted)
        if changes:
            self.context.emit(SectionsChanged(number, tuple(changes)))
        return tuple(admitted)

    def _settle(self, number: int, finalists: Sequence[Standing]) -> StopReason | None:
        """Take the finalists in and tell the new best; returns why the search must stop, None to go on."""
        before = self.population[0].candidate.id
        self._take_in(finalists)
        best = self.population[0].candidate
        improved = best.id != before
        tell_best(
            self.context.emit,
            number,
            self.population,
            self.memory.by_id[best.parent or best.id],
            improved=improved,
            calls=self.context.ledger.spent_calls,
        )
        self.stale = 0 if improved else self.stale + 1
        patience = self.config.patience
        return "patience" if patience is not None and self.stale >= patience else None

    def _take_in(self, finalists: Sequence[Standing]) -> None:
        """Rank incumbents and finalists: ties keep the incumbent, so a new best one is strictly better."""
        for standing in finalists:
            self.memory.judged(standing)
        # Sorting is stable: the incumbents come first.
        ranked = sorted((*self.population, *finalists), key=lambda standing: -standing.mean())
        self.population = tuple(ranked[: kept_incumbents(self.config.evolve)])


def _flawed(standing: Standing) -> bool:
    """Tell whether there is an answer to mend."""
    return any(judged.is_wrong for judged in standing.judged)


def _longest(config: OptimizeConfig, first: int) -> int:
    """Return the most characters of a variant in any generation: growth counts from the first prompt."""
    grown = max(round(first * config.evolve.growth), first + config.evolve.least_room)
    return min(grown, max(config.max_prompt_chars, first))
