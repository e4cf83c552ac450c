"""ProTeGi: beam search over prompts with textual gradients and bandit selection (arXiv 2305.03495)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.concurrently import both, together
from optimizer.config import OptimizeConfig
from optimizer.control import Feedback
from optimizer.evaluation import count_unparseable, mean_score
from optimizer.events import (
    ArmScore,
    BaselineScored,
    BeamSelected,
    ErrorCase,
    ErrorsGrouped,
    FeedbackTaken,
    GradientsFound,
    GradientsSummarised,
    RoundStarted,
    RungScored,
    StopReason,
)
from optimizer.prompts.rules import fingerprint
from optimizer.search.admission import AdmissionRules, admit
from optimizer.search.algorithm import CallForecast, SearchContext, SearchState
from optimizer.search.candidates import SEED_ID, Candidate
from optimizer.search.expansion import Expansion, expand
from optimizer.search.final_choice import choose_on_shared_examples
from optimizer.selection.arms import Arm
from optimizer.selection.choose import choose_selector

_SHOWN_ERRORS = 3


class ProTeGi:
    """Algorithm 1 of the paper, with its selection made paired and its final choice made on the pool."""

    name = "protegi"

    async def search(self, context: SearchContext, keep: Callable[[SearchState], None]) -> SearchState:
        """See ``Algorithm.search``."""
        return await _Search(context, keep).run()

    def forecast(self, config: OptimizeConfig, pool: int) -> CallForecast:
        """See ``Algorithm.forecast``: the sums of the paper's cost formula, with our final choice."""
        rounds = [1, *[config.beam_width] * (config.rounds - 1)]
        calls = sum(round_calls(config, parents, pool) for parents in rounds)
        critic = sum(round_calls(config, parents, 0) for parents in rounds)
        baseline = min(pool, config.evaluations_per_candidate)
        final = (config.beam_width + 1) * min(pool, config.final_choice_examples)
        arms = config.beam_width * (config.max_successors + 1)
        pulls = arms * config.evaluations_per_candidate
        waves = -(-pulls // (config.arms_per_wave * config.examples_per_pull))
        return CallForecast(baseline + calls - critic + final, critic, 2 + config.rounds * (4 + waves))


class _Search:
    """State of one search: the beam, every candidate by id, and what was seen already."""

    def __init__(self, context: SearchContext, keep: Callable[[SearchState], None]) -> None:
        self.context = context
        self.config = context.config
        self.keep = keep
        self.seed = Candidate(SEED_ID, context.task.prompt)
        self.by_id = {SEED_ID: self.seed}
        self.beam: tuple[Candidate, ...] = (self.seed,)
        self.seen = {fingerprint(context.task.prompt.text)}
        self.best = self.seed
        self.stale = 0

    async def run(self) -> SearchState:
        self.keep(SearchState(self.best, 0, "rounds"))
        stopped = await self._baseline()
        done = 0
        while not stopped and done < self.config.rounds:
            stopped = await self._round(done + 1)
            if stopped not in ("budget", "perfect"):
                done += 1
            self.keep(SearchState(self.best, done, stopped or "rounds"))
        self.best = await choose_on_shared_examples(self.context, self.best, (self.seed, *self.beam))
        state = SearchState(self.best, done, stopped or "rounds")
        self.keep(state)
        return state

    async def _baseline(self) -> StopReason | None:
        size = min(len(self.context.pool), self.config.evaluations_per_candidate)
        judged = await self.context.evaluator.evaluate(self.seed.prompt, self.context.pool[:size])
        self.context.emit(BaselineScored(mean_score(judged), size, count_unparseable(judged)))
        return None

    async def _round(self, number: int) -> StopReason | None:
        """Expand, admit, select. Returns why the search must stop, None to go on."""
        if not self.context.ledger.allows(self._round_calls()):
            return "budget"
        emit = self.context.emit
        emit(RoundStarted(number, self.config.rounds, tuple(item.id for item in self.beam)))
        feedback = self.context.control.take_feedback()
        for words in feedback:
            emit(FeedbackTaken(number, words.text, words.author))
        expansions = await self._expand_beam(number, feedback)
        if not any(expansion.wrong for expansion in expansions) and not feedback:
            return "perfect"
        rules = AdmissionRules(self.config.max_prompt_chars, self.config.max_successors, self.config.seed)
        proposals = admit(expansions, number, self.seen, rules, emit)
        self.by_id.update({item.id: item for item in proposals})
        reasons = [reason for item in expansions for group in item.groups for reason in group.reasons]
        arms, summary = await both(self._select(number, proposals), self._summary(number, reasons))
        if summary:
            emit(GradientsSummarised(number, summary))
        return self._settle(number, arms)

    async def _expand_beam(self, number: int, feedback: Sequence[Feedback]) -> list[Expansion]:
        expansions = await together(
            expand(self.context, parent, number, feedback if parent is self.beam[0] else ())
            for parent in self.beam
        )
        for expansion in expansions:
            self._tell_gradients(number, expansion)
        return expansions

    def _tell_gradients(self, number: int, expansion: Expansion) -> None:
        sample = tuple(
            ErrorCase(item.example.shown, item.example.expected, item.answer)
            for item in expansion.wrong[:_SHOWN_ERRORS]
        )
        parent = expansion.parent.id
        self.context.emit(
            ErrorsGrouped(
                number, parent, expansion.minibatch, len(expansion.wrong), len(expansion.groups), sample
            )
        )
        for index, group in enumerate(expansion.groups):
            self.context.emit(GradientsFound(number, parent, index, group.reasons))

    async def _summary(self, number: int, reasons: Sequence[str]) -> str:
        return await self.context.critic.summarise(reasons, f"r{number}/summary") if reasons else ""

    async def _select(self, number: int, proposals: Sequence[Candidate]) -> list[tuple[Candidate, Arm]]:
        """Run the bandit over the old beam (first, so that it wins ties) and the proposals."""
        arms = (*self.beam, *proposals)
        pool = self.context.pool

        async def pull(arm: int, start: int, stop: int) -> Sequence[float]:
            judged = await self.context.evaluator.evaluate(arms[arm].prompt, pool[start:stop])
            return [item.outcome.score for item in judged]

        def on_wave(wave: int, waves: int, evaluations: int, table: Sequence[Arm]) -> None:
            scores = tuple(ArmScore(arms[arm.index].id, arm.mean, arm.pulls) for arm in table)
            self.context.emit(RungScored(number, wave, waves, evaluations, scores))

        budget = self.config.evaluations_per_candidate * len(arms)
        ranking = await choose_selector(self.config).select(len(arms), len(pool), budget, pull, on_wave)
        return [(arms[arm.index], arm) for arm in ranking]

    def _settle(self, number: int, ranking: Sequence[tuple[Candidate, Arm]]) -> StopReason | None:
        kept = ranking[: self.config.beam_width]
        self.beam = tuple(candidate for candidate, _ in kept)
        best, arm = kept[0]
        improved = best.id != self.best.id
        self.best = best
        self.context.emit(
            BeamSelected(
                round=number,
                beam=tuple(ArmScore(item.id, score.mean, score.pulls) for item, score in kept),
                best=best.id,
                best_score=arm.mean,
                best_text=best.prompt.text,
                parent_text=self.by_id[best.parent or best.id].prompt.text,
                reason=best.reason,
                improved=improved,
                calls=self.context.ledger.spent_calls,
            )
        )
        self.stale = 0 if improved else self.stale + 1
        patience = self.config.patience
        return "patience" if patience is not None and self.stale >= patience else None

    def _round_calls(self) -> int:
        """Return the most calls that the coming round can take."""
        return round_calls(self.config, len(self.beam), len(self.context.pool))


def round_calls(config: OptimizeConfig, parents: int, pool: int) -> int:
    """Return an upper bound for the model calls of a round with ``parents`` parents."""
    groups = config.error_groups
    edits = groups * config.reasons_per_group * config.edits_per_reason
    critiques = groups + groups * config.reasons_per_group
    paraphrases = (edits + 1) * config.paraphrases_per_edit
    expansion = parents * (min(config.minibatch_size, pool) + critiques + paraphrases)
    arms = parents * (config.max_successors + 1)
    return expansion + arms * min(config.evaluations_per_candidate, pool) + 1
