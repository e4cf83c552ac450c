"""The search for a better method: evolve a batch, analyse, rewrite, race on the dev set, keep the best."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from optimizer.concurrently import both, side_by_side, together
from optimizer.control import Feedback
from optimizer.errors import ModelRejectedRequest
from optimizer.events import FeedbackTaken, GradientsSummarised
from optimizer.evolution.events import (
    FailedCase,
    MethodProposal,
    MethodRejected,
    MethodScored,
    MethodSelected,
    MethodsProposed,
    StepStarted,
    TrajectoriesAnalysed,
    TrajectoriesEvolved,
)
from optimizer.evolution.evolver import REJECTED, count_failed, count_failures
from optimizer.evolution.forecast import baseline_calls, step_calls
from optimizer.evolution.improver import Trajectory
from optimizer.evolution.methods import Method, why_not
from optimizer.evolution.race import Standing, race, rung_sizes
from optimizer.evolution.requests import FailedRewriting
from optimizer.evolution.samples_shown import shown_sample
from optimizer.evolution.sampling import BatchDeck, shown
from optimizer.evolution.search_state import MethodSearchContext, MethodState
from optimizer.instructions.records import Instruction
from optimizer.prompts.rules import fingerprint

_REMEMBERED_REJECTS = 5
Keep = Callable[[MethodState], None]


class MethodSearch:
    """One search. ``keep`` gets the state after the first method's score and after every step."""

    def __init__(self, context: MethodSearchContext, first: Method, keep: Keep) -> None:
        self._context = context
        self._first = first
        self._keep_state = keep
        config, sample = context.config, context.sample
        self._dev = sample.dev
        self._deck = BatchDeck(sample.pool, config.batch, config.seed)
        self._batch_size = min(config.batch, len(sample.pool))
        self._rung = rung_sizes(config.first_rung, len(sample.dev))[0]
        self._tried = {fingerprint(first.text)}
        self._rejected: list[str] = []
        self._incumbent: Standing | None = None
        self._stale = 0
        self._state = MethodState(first, lineage=(MethodProposal(first.id, "", first.text),))

    async def run(self) -> None:
        """Search until a stop reason holds.

        Raises:
            ModelError, BudgetExhausted, RunCancelled: from the models' doors.
        """
        self._keep(self._state)
        if self._first.operators:
            await self._score_first()
            return
        stopped = ""
        while not stopped and self._state.steps < self._context.steps:
            number = self._state.steps + 1
            stopped = await self._step(number)
        self._keep(replace(self._state, stopped=stopped or "steps"))

    async def _step(self, number: int) -> str:
        """Do one step; return why the search stops, "" when it goes on."""
        candidates = self._affordable()
        if not candidates:
            if self._incumbent is None:
                await self._score_first()
            return "budget"
        if self._incumbent is None:
            _, batch = await both(self._measure_first(), self._evolve_batch(number, self._first))
            incumbent = self._tell_first()
        else:
            incumbent, batch = self._incumbent, None
        if incumbent.failed == 0:
            return "perfect"
        feedback = self._context.control.take_feedback()
        emit = self._context.emit
        emit(StepStarted(number, self._context.steps, incumbent.method.id))
        for words in feedback:
            emit(FeedbackTaken(number, words.text, words.author))
        if batch is None:
            batch = await self._evolve_batch(number, incumbent.method)
        results = [item.result for item in batch]
        emit(TrajectoriesEvolved(number, len(batch), count_failed(results), shown_sample(results)))
        methods = await self._propose(number, candidates, incumbent.method, batch, feedback)
        winner = await race(
            self._context.evolver,
            methods,
            incumbent,
            self._dev,
            self._context.config.first_rung,
            lambda standing, kept: self._tell_score(number, standing, kept=kept),
        )
        return self._settle(number, incumbent, winner, methods)

    async def _propose(
        self,
        number: int,
        candidates: int,
        incumbent: Method,
        batch: Sequence[Trajectory],
        feedback: Sequence[Feedback],
    ) -> tuple[Method, ...]:
        """Analyse and rewrite ``candidates`` times at once; a method starts its first rung as it arrives."""
        improver, emit = self._context.improver, self._context.emit
        place = f"s{number}"
        async with side_by_side() as group:
            analysing = [
                group.create_task(improver.analyse(incumbent.text, batch, f"{place}/c{index}/analyse"))
                for index in range(candidates)
            ]
            writing = [
                group.create_task(self._write(f"{place}/c{index}/improve", incumbent, found, feedback))
                for index, found in enumerate(analysing)
            ]
            tried = frozenset(self._tried)
            for drafted in writing:
                group.create_task(self._start(drafted, incumbent, batch, tried))
            reasons: dict[str, None] = {}
            for index, found in enumerate(analysing):
                failures = await found
                reasons.update(dict.fromkeys(item.reason for item in failures))
                rows = [(batch[item.case - 1].result.instruction.row, item.reason) for item in failures]
                cases = tuple(FailedCase(row, reason) for row, reason in rows)
                emit(TrajectoriesAnalysed(number, index, cases))
            summarising = group.create_task(improver.summarise(tuple(reasons), f"{place}/summary"))
            texts = [await drafted for drafted in writing]
            if summary := await summarising:
                emit(GradientsSummarised(number, summary))
            return self._admit(number, texts, incumbent, batch)

    async def _write(
        self,
        position: str,
        incumbent: Method,
        analysing: asyncio.Task[tuple[FailedRewriting, ...]],
        feedback: Sequence[Feedback],
    ) -> str:
        """Return a better method against what the analysis found; "" when there is nothing to mend."""
        failures = await analysing
        if not failures and not feedback:
            return ""
        return await self._context.improver.improve(
            incumbent.text, failures, feedback, self._rejected, position
        )

    async def _start(
        self,
        writing: asyncio.Task[str],
        incumbent: Method,
        batch: Sequence[Trajectory],
        tried: frozenset[str],
    ) -> None:
        """Try a method on the first rung as soon as it is there; equal ones share their calls."""
        text = await writing
        if text and why_not(text, incumbent.text, tried, _texts(batch)) is None:
            await self._context.evolver.measure(Method("", text), self._dev[: self._rung])

    def _admit(
        self, number: int, texts: Sequence[str], incumbent: Method, batch: Sequence[Trajectory]
    ) -> tuple[Method, ...]:
        """Screen the proposals in a fixed order and tell what was rejected and what is tried."""
        admitted = []
        for index, text in enumerate(texts):
            if not text:
                continue
            why = why_not(text, incumbent.text, self._tried, _texts(batch))
            if why:
                self._context.ledger.trouble("rejected proposal")
                self._context.emit(MethodRejected(number, why, text))
                continue
            self._tried.add(fingerprint(text))
            admitted.append(Method(f"s{number}.{index}", text, incumbent.id, incumbent.text))
        proposals = tuple(MethodProposal(item.id, item.parent, item.text) for item in admitted)
        self._context.emit(MethodsProposed(number, proposals))
        return tuple(admitted)

    def _settle(self, number: int, incumbent: Standing, winner: Standing, methods: Sequence[Method]) -> str:
        improved = winner is not incumbent
        method = winner.method
        self._rejected.extend(item.text for item in methods if item.id != method.id)
        del self._rejected[:-_REMEMBERED_REJECTS]
        self._incumbent = winner
        self._stale = 0 if improved else self._stale + 1
        self._context.emit(
            MethodSelected(
                step=number,
                method=method.id,
                text=method.text,
                parent=method.parent,
                parent_text=method.parent_text,
                rate=winner.rate,
                improved=improved,
                calls=self._context.ledger.spent_calls,
            )
        )
        lineage = self._state.lineage
        if improved:
            lineage = (*lineage, MethodProposal(method.id, method.parent, method.text))
        self._keep(
            replace(
                self._state,
                best=method,
                best_rate=winner.rate,
                rates=(*self._state.rates, (number, winner.rate)),
                lineage=lineage,
                steps=number,
            )
        )
        patience = self._context.config.patience
        if winner.failed == 0:
            return "perfect"
        return "patience" if patience is not None and self._stale >= patience else ""

    async def _evolve_batch(self, number: int, method: Method) -> list[Trajectory]:
        """Evolve the next batch for some rounds; it is the same batch for equal seeds."""
        batch: Sequence[Instruction] = self._deck.batch()
        found = await together(
            self._context.evolver.trajectory(method, item, self._context.config.rounds) for item in batch
        )
        return [Trajectory(stages, result) for stages, result in found]

    async def _score_first(self) -> None:
        await self._measure_first()
        self._tell_first()

    async def _measure_first(self) -> None:
        results = await self._context.evolver.measure(self._first, self._dev)
        if all(item.failure is REJECTED for item in results):
            raise ModelRejectedRequest(
                "The model's server rejected every request.", "Check model names, lengths and the method."
            )
        self._incumbent = Standing(self._first, tuple(results))

    def _tell_first(self) -> Standing:
        if self._incumbent is None:
            raise RuntimeError("The first method was not measured.")
        standing = self._incumbent
        self._tell_score(0, standing, kept=True)
        rate = standing.rate
        self._keep(replace(self._state, best_rate=rate, first_rate=rate, rates=((0, rate),)))
        return standing

    def _tell_score(self, step: int, standing: Standing, *, kept: bool) -> None:
        self._context.emit(
            MethodScored(
                step=step,
                method=standing.method.id,
                n=len(standing.results),
                failed=standing.failed,
                rate=standing.rate,
                failures=count_failures(standing.results),
                kept=kept,
            )
        )

    def _affordable(self) -> int:
        """Return how many candidates the next step may have: fewer near the end of the budget, 0 for none."""
        config = self._context.config
        before = baseline_calls(config, len(self._dev)) if self._incumbent is None else 0
        for candidates in range(config.candidates, 0, -1):
            calls = step_calls(config, candidates, self._batch_size, len(self._dev))
            if self._context.ledger.allows(before + calls):
                return candidates
        return 0

    def _keep(self, state: MethodState) -> None:
        self._state = state
        self._keep_state(state)


def _texts(batch: Sequence[Trajectory]) -> list[str]:
    return [shown(item.result.instruction) for item in batch]
