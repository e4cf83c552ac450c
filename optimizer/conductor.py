"""Conducts one run: split, search, one paired test on the holdout, the seed unless it is beaten."""

from __future__ import annotations

import dataclasses

from optimizer.config import OptimizeConfig
from optimizer.control import RunControl
from optimizer.critique.critic import Critic
from optimizer.earlier_tests import look_at, look_words
from optimizer.errors import BudgetExhausted, BudgetTooSmall, RunCancelled
from optimizer.evaluation import Evaluator
from optimizer.events import (
    BaselineScored,
    BudgetSpent,
    CandidateRejected,
    Event,
    EventSink,
    RoundStarted,
    RunFinished,
    RunStarted,
    StopReason,
)
from optimizer.examples.data_checks import split_warnings
from optimizer.final_test import holdout_print, run_final_test
from optimizer.forecast import forecast
from optimizer.holdout_events import HoldoutDetails, HoldoutTested
from optimizer.metrics.judged import is_graded, judge_model
from optimizer.model.door import ModelDoor
from optimizer.model.ledger import Ledger
from optimizer.model.pool import ModelPool
from optimizer.model.prices import require_prices
from optimizer.model.protocol import Journal
from optimizer.progress import ProgressTeller
from optimizer.prompts.rules import NOTHING_NEW
from optimizer.run import Result
from optimizer.search.algorithm import SearchContext, SearchState
from optimizer.search.candidates import SEED_ID, Candidate
from optimizer.search.choose import choose_algorithm
from optimizer.statistics.paired import smallest_effect
from optimizer.statistics.split import split_examples
from optimizer.stopping import stoppable
from optimizer.task import Task
from optimizer.time_limit import TimeLimit
from optimizer.ways_out import Fix, Knob


class Conductor:
    """The wired parts of one run. ``conduct`` may be called once."""

    def __init__(
        self,
        task: Task,
        config: OptimizeConfig,
        pool: ModelPool,
        *,
        run_id: str,
        journal: Journal,
        emit: EventSink,
        control: RunControl,
    ) -> None:
        self._task, self._config, self._pool = task, config, pool
        self._run_id, self._journal, self._sink, self._control = run_id, journal, emit, control
        self._settings = pool.settings
        self._algorithm = choose_algorithm(config.algorithm)
        self._split = split_examples(
            task.examples,
            fraction=config.holdout_fraction,
            max_holdout=config.max_holdout,
            seed=config.seed,
            stratify=bool(task.labels),
        )
        self._forecast = forecast(task, config, self._settings)
        self._progress = ProgressTeller(emit, self._forecast.calls)
        self._ledger = Ledger(config.budget, lambda: self._progress.tell(self._ledger))
        self._evaluator = Evaluator(
            self._door(self._settings.task_model),
            task.metric,
            self._ledger,
            temperature=config.task_temperature,
            max_tokens=config.task_max_tokens,
            judge=self._door(judge_model(task.metric) or self._settings.optimizer_model),
            first=task.prompt,
        )
        self._state = SearchState(Candidate(SEED_ID, task.prompt), 0, "rounds")

    async def conduct(self) -> Result:
        """Run to the end; see ``optimizer.run.run_optimization`` for what is raised."""
        self._check_budget()
        time = TimeLimit(self._config.budget.seconds, self._ledger)
        self._ledger.reserve_calls = 2 * len(self._split.holdout) * self._evaluator.calls_each
        self._emit(self._started())
        stopped = await self._search(time)
        tested: HoldoutTested | None = None
        if stopped != "cancelled":
            self._progress.doing = "testing on the held-out examples"
            self._ledger.reserve_calls = 0
            try:
                comparison = await stoppable(self._control, time.test(self._test()))
                tested = comparison[0]
                for event in comparison:
                    self._emit(event)
            except BudgetExhausted:
                stopped = "budget"
            except RunCancelled:
                stopped = "cancelled"
        if stopped == "budget":
            limit = getattr(self._config.budget, self._ledger.exhausted or "calls", None)
            self._emit(BudgetSpent(self._ledger.exhausted, float(limit or 0), self._ledger.spent_calls))
        return self._finish(tested, stopped)

    async def _search(self, time: TimeLimit) -> StopReason:
        context = SearchContext(
            task=self._task,
            config=self._config,
            pool=self._split.search,
            evaluator=self._evaluator,
            critic=Critic(
                self._door(self._settings.optimizer_model),
                self._task,
                self._ledger,
                temperature=self._config.optimizer_temperature,
                max_tokens=self._config.optimizer_max_tokens,
            ),
            ledger=self._ledger,
            control=self._control,
            emit=self._emit,
        )
        try:
            searching = time.search(self._algorithm.search(context, self._keep))
            return (await stoppable(self._control, searching)).stopped
        except BudgetExhausted:
            return "budget"
        except RunCancelled:
            return "cancelled"

    async def _test(self) -> tuple[HoldoutTested, HoldoutDetails]:
        """Score the first and the best prompt on the holdout: the only time this run touches it."""
        best = self._state.best.prompt
        return await run_final_test(self._task, self._evaluator, self._split.holdout, best, self._config.seed)

    def _finish(self, tested: HoldoutTested | None, stopped: StopReason) -> Result:
        seed, candidate = self._task.prompt.text, self._state.best.prompt.text
        verdict = tested.verdict if tested else "not shown"
        final = candidate if verdict == "better" else seed
        self._progress.end()
        ledger = self._ledger
        finished = RunFinished(
            seed_prompt=seed,
            final_prompt=final,
            candidate_prompt=candidate,
            verdict=verdict,
            stopped_because=stopped,
            rounds=self._state.rounds,
            calls=ledger.spent_calls,
            cached=ledger.cached,
            input_tokens=ledger.input_tokens,
            output_tokens=ledger.output_tokens,
            cost=ledger.shown_cost,
            troubles=tuple(sorted(ledger.troubles.items())),
        )
        self._emit(finished)
        return Result(
            run_id=self._run_id,
            holdout=tested,
            seconds=self._progress.seconds,
            **dataclasses.asdict(finished),
        )

    def _started(self) -> RunStarted:
        task, config = self._task, self._config
        search, holdout = self._split.search, self._split.holdout
        look = look_at(task.earlier_tests, holdout_print(holdout))
        effect = smallest_effect(len(holdout), graded=is_graded(task.metric), threshold=look.threshold)
        warnings = split_warnings(
            [example.expected for example in search],
            [example.expected for example in holdout],
            labelled=bool(task.labels),
            smallest_effect=effect,
        )
        return RunStarted(
            run_id=self._run_id,
            algorithm=config.algorithm,
            preset=config.preset,
            prompt=task.prompt.text,
            metric=task.metric.name,
            task_model=self._settings.task_model,
            optimizer_model=self._settings.optimizer_model,
            seed=config.seed,
            examples=len(task.examples),
            search_size=len(search),
            holdout_size=len(holdout),
            input_columns=task.roles.inputs,
            target_column=task.roles.target,
            labels=task.labels,
            forecast_calls=self._forecast.calls,
            forecast_cost=self._forecast.cost,
            smallest_effect=effect,
            warnings=(*task.warnings, *filter(None, [look_words(look)]), *warnings),
        )

    def _check_budget(self) -> None:
        """Refuse a budget that could not end with a verdict, before anything is paid."""
        baseline = min(len(self._split.search), self._config.evaluations_per_candidate)
        least = (baseline + 2 * len(self._split.holdout)) * self._evaluator.calls_each
        budget = self._config.budget
        if budget.calls is not None and budget.calls < least:
            raise BudgetTooSmall(
                f"A budget of {budget.calls} calls cannot pay for the baseline and the final test.",
                Fix(f"Give fewer examples, or allow at least {least} calls {{}}.", Knob.CALL_BUDGET),
            )
        if budget.cost is not None:
            judge = judge_model(self._task.metric)
            names = (self._settings.task_model, self._settings.optimizer_model, *([judge] if judge else []))
            require_prices(names, self._settings.prices)

    def _door(self, name: str) -> ModelDoor:
        return ModelDoor(
            name,
            self._pool,
            self._journal,
            self._ledger,
            self._control,
            run_id=self._run_id,
            seed=self._config.seed,
        )

    def _keep(self, state: SearchState) -> None:
        self._state = state

    def _emit(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._progress.doing = "scoring the first prompt"
        elif isinstance(event, RoundStarted):
            self._progress.doing = f"round {event.round} of {event.rounds}"
        elif isinstance(event, BaselineScored):
            self._progress.doing = "looking at the errors"
        elif isinstance(event, CandidateRejected):
            again = event.why in NOTHING_NEW
            self._ledger.trouble("same prompt again" if again else "rejected proposal")
        self._sink(event)
