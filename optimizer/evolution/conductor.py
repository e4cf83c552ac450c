"""Conducts one evolution: sample, search for a method, test it once, apply it to every row."""

from __future__ import annotations

import dataclasses

from optimizer.control import RunControl
from optimizer.errors import BudgetExhausted, BudgetTooSmall, RunCancelled
from optimizer.events import BudgetSpent, Event, EventSink
from optimizer.evolution.applying import ModelNames, WholeApplication, apply_here
from optimizer.evolution.beginning import evolution_begins
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.events import (
    ApplicationFinished,
    ApplicationStarted,
    DataMeasured,
    EvolutionFinished,
    EvolutionStarted,
    StepStarted,
)
from optimizer.evolution.evolver import Evolver
from optimizer.evolution.first_method import first_method
from optimizer.evolution.forecast import (
    EvolutionForecast,
    application_calls,
    baseline_calls,
    forecast_evolution,
    holdout_calls,
)
from optimizer.evolution.holdout import compare_on_holdout
from optimizer.evolution.improver import Improver
from optimizer.evolution.in_order import in_thread
from optimizer.evolution.measured import measure_change, measuring_calls
from optimizer.evolution.method_search import MethodSearch
from optimizer.evolution.methods import Method
from optimizer.evolution.model_names import answer_model, evol_model
from optimizer.evolution.run import EvolveResult
from optimizer.evolution.sampling import DataSample, draw_sample, searches
from optimizer.evolution.search_state import MethodSearchContext, MethodState
from optimizer.evolution.sharding.sharded import ShardedApplication, Sharding
from optimizer.evolution.tally import Applied
from optimizer.evolution.task import EvolveTask
from optimizer.holdout_events import HoldoutTested
from optimizer.instructions.records import EvolvedSink
from optimizer.model.door import ModelDoor
from optimizer.model.ledger import Ledger
from optimizer.model.pool import ModelPool
from optimizer.model.prices import require_prices
from optimizer.model.protocol import Journal
from optimizer.progress import ProgressTeller
from optimizer.stopping import stoppable
from optimizer.ways_out import Fix, Knob


class EvolutionConductor:
    """The wired parts of one evolution. ``conduct`` may be called once."""

    def __init__(
        self,
        task: EvolveTask,
        config: EvolveConfig,
        pool: ModelPool,
        *,
        run_id: str,
        journal: Journal,
        emit: EventSink,
        control: RunControl,
        sink: EvolvedSink | None,
        sharding: Sharding | None = None,
    ) -> None:
        self._task, self._config, self._pool = task, config, pool
        self._run_id, self._journal, self._sink_events, self._control = run_id, journal, emit, control
        self._settings = pool.settings
        self._sink = sink if config.apply else None
        self._sharding = sharding
        self._first = first_method(task, config)
        self._state = MethodState(self._first)
        self._progress = ProgressTeller(emit, 1)
        self._ledger = Ledger(config.budget, lambda: self._progress.tell(self._ledger))
        self._evolver = Evolver(
            self._door(evol_model(self._settings)),
            self._door(answer_model(self._settings)),
            self._door(self._settings.optimizer_model),
            self._ledger,
            config,
        )

    async def conduct(self) -> EvolveResult:
        """Run to the end; see ``optimizer.evolution.run.run_evolution`` for what is raised."""
        sample = await in_thread(lambda: draw_sample(self._task.source, self._config))
        self._check_budget(sample)
        forecast = forecast_evolution(
            self._config, sample, self._settings, self._first.text, applied=self._sink is not None
        )
        self._progress.forecast(forecast.calls)
        self._emit(self._started(sample, forecast))
        must_apply = self._application_calls(sample)
        self._ledger.reserve_calls = holdout_calls(self._config, len(sample.holdout)) + must_apply
        stopped = await self._search(sample)
        tested: HoldoutTested | None = None
        final = self._state.best
        if stopped != "cancelled" and sample.holdout:
            self._ledger.reserve_calls = must_apply
            tested, stopped = await self._tested(sample, final, stopped)
            final = self._first if tested and tested.verdict == "worse" else final
        applied: Applied | None = None
        measured: DataMeasured | None = None
        if stopped != "cancelled" and self._sink is not None:
            self._ledger.reserve_calls = 0
            try:
                applied, measured = await stoppable(self._control, self._apply(final, sample, self._sink))
            except RunCancelled:
                stopped = "cancelled"
            if applied is not None and applied.out_of_budget:
                stopped = "budget"
        if stopped == "budget":
            limit = getattr(self._config.budget, self._ledger.exhausted or "calls", None)
            self._emit(BudgetSpent(self._ledger.exhausted, float(limit or 0), self._ledger.spent_calls))
        return self._finish(final, tested, applied, measured, stopped)

    async def _search(self, sample: DataSample) -> str:
        if not searches(self._config):
            return "steps"
        self._progress.doing = "scoring the first method"
        context = MethodSearchContext(
            config=self._config,
            sample=sample,
            evolver=self._evolver,
            improver=Improver(
                self._door(self._settings.optimizer_model), self._ledger, self._config, self._task.goal
            ),
            ledger=self._ledger,
            control=self._control,
            emit=self._emit,
        )
        try:
            await stoppable(self._control, MethodSearch(context, self._first, self._keep).run())
        except BudgetExhausted:
            return "budget"
        except RunCancelled:
            return "cancelled"
        return self._state.stopped

    async def _tested(
        self, sample: DataSample, best: Method, stopped: str
    ) -> tuple[HoldoutTested | None, str]:
        """Compare the best with the first method on the holdout: the only time this run touches it."""
        self._progress.doing = "testing on the held-out instructions"
        comparison = compare_on_holdout(
            self._evolver, self._first, best, sample.holdout, self._task.earlier_tests
        )
        try:
            tested = await stoppable(self._control, comparison)
        except BudgetExhausted:
            return None, "budget"
        except RunCancelled:
            return None, "cancelled"
        self._emit(tested)
        return tested, stopped

    async def _apply(
        self, method: Method, sample: DataSample, sink: EvolvedSink
    ) -> tuple[Applied, DataMeasured | None]:
        self._emit(ApplicationStarted(method.id, sample.rows, self._config.answers))

        def tell(rows: int) -> None:
            self._progress.doing = f"applying the method: {rows} of {sample.rows} rows"

        tell(0)
        whole = self._whole(method, sample, sink)
        if self._sharding is not None:
            tally = await ShardedApplication(self._sharding, whole, tell).run()
        else:
            tally = await apply_here(whole, self._evolver, self._settings.concurrency, tell)
        applied = tally.applied()
        measured = await measure_change(self._evolver, self._config, applied.before, applied.after)
        if measured is not None:
            self._emit(measured)
        self._emit(
            ApplicationFinished(
                rows=applied.rows,
                evolved=applied.evolved,
                kept=applied.kept,
                unusable=applied.unusable,
                failures=applied.failures,
                sample=applied.sample,
            )
        )
        return applied, measured

    def _whole(self, method: Method, sample: DataSample, sink: EvolvedSink) -> WholeApplication:
        """Return the application to all rows, whoever carries it out."""
        settings = self._settings
        return WholeApplication(
            run_id=self._run_id,
            method=method,
            config=self._config,
            models=ModelNames(evol_model(settings), answer_model(settings), settings.optimizer_model),
            source=self._task.source,
            sample=sample,
            sink=sink,
            ledger=self._ledger,
            control=self._control,
        )

    def _finish(
        self,
        final: Method,
        tested: HoldoutTested | None,
        applied: Applied | None,
        measured: DataMeasured | None,
        stopped: str,
    ) -> EvolveResult:
        self._progress.end()
        ledger, state = self._ledger, self._state
        finished = EvolutionFinished(
            first_method=self._first.text,
            final_method=final.text,
            first_rate=state.first_rate,
            final_rate=state.first_rate if final is self._first else state.best_rate,
            verdict=tested.verdict if tested else "not shown",
            stopped_because=stopped,
            steps=state.steps,
            calls=ledger.spent_calls,
            cached=ledger.cached,
            input_tokens=ledger.input_tokens,
            output_tokens=ledger.output_tokens,
            cost=ledger.shown_cost,
            troubles=tuple(sorted(ledger.troubles.items())),
        )
        self._emit(finished)
        return EvolveResult(
            run_id=self._run_id,
            failure_rate=state.rates,
            lineage=state.lineage,
            holdout=tested,
            rows=applied.rows if applied else 0,
            evolved=applied.evolved if applied else 0,
            kept=applied.kept if applied else 0,
            unusable=applied.unusable if applied else 0,
            failures=applied.failures if applied else (),
            measured=measured,
            seconds=self._progress.seconds,
            **{item.name: getattr(finished, item.name) for item in dataclasses.fields(finished)},
        )

    def _started(self, sample: DataSample, forecast: EvolutionForecast) -> EvolutionStarted:
        return evolution_begins(
            self._run_id,
            self._task,
            self._config,
            self._settings,
            sample,
            self._first,
            forecast,
            applied=self._sink is not None,
        )

    def _application_calls(self, sample: DataSample) -> int:
        usable = sample.rows - sample.unusable
        if self._sink is None:
            return 0
        return application_calls(self._config, usable) + measuring_calls(self._config, usable)

    def _check_budget(self, sample: DataSample) -> None:
        """Refuse a budget that could not end with every row done, before anything is paid."""
        config = self._config
        least = (
            baseline_calls(config, len(sample.dev))
            + holdout_calls(config, len(sample.holdout))
            + self._application_calls(sample)
        )
        if config.budget.calls is not None and config.budget.calls < least:
            raise BudgetTooSmall(
                f"A budget of {config.budget.calls} calls cannot pay for first score, test and application.",
                Fix(f"Give fewer rows, or allow at least {least} calls {{}}.", Knob.CALL_BUDGET),
            )
        if config.budget.cost is not None:
            names = (evol_model(self._settings), answer_model(self._settings), self._settings.optimizer_model)
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

    def _keep(self, state: MethodState) -> None:
        self._state = state

    def _emit(self, event: Event) -> None:
        if isinstance(event, StepStarted):
            self._progress.doing = f"step {event.step} of {event.steps}"
        self._sink_events(event)
