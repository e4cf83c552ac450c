"""Runs of the kind ``optimize``: a prompt and examples in, a tested prompt out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from bot.background.keeping import keep_prompt
from bot.background.material import prepare_task
from bot.background.request import OptimizeRequest
from bot.background.run_files import RunFiles
from bot.background.run_work import Means
from optimizer.config import Budget, OptimizeConfig, preset
from optimizer.errors import InputError
from optimizer.events import Event, RunFinished
from optimizer.holdout_events import HoldoutTested
from optimizer.run import Result, run_optimization
from optimizer.task import Task
from storage.runs import RunRecord
from storage.store import Store


class OptimizeWork:
    """Implements ``RunWork``; ``budget`` bounds each run."""

    kind = "optimize"

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def prepare(self, run: RunRecord, files: RunFiles) -> Task:
        """See ``RunWork.prepare``."""
        return prepare_task(run, files)

    async def conduct(self, run: RunRecord, task: Task, means: Means) -> None:
        """See ``RunWork.conduct``."""
        await run_optimization(
            task,
            self._config(run),
            means.pool,
            run_id=run.id,
            journal=means.journal,
            on_event=means.emit,
            control=means.control,
        )

    def result(self, run: RunRecord, events: Sequence[Event], seconds: float) -> Result:
        """See ``RunWork.result``.

        Raises:
            InputError: the events do not reach the end of the run.
        """
        finished = next((event for event in reversed(events) if isinstance(event, RunFinished)), None)
        if finished is None:
            raise InputError(f"Run {run.id} has not ended.", "Wait for its end.")
        tested = next((event for event in reversed(events) if isinstance(event, HoldoutTested)), None)
        return Result(run_id=run.id, holdout=tested, seconds=seconds, **dataclasses.asdict(finished))

    def keep(self, store: Store, run: RunRecord, task: Task, result: Result) -> None:
        """See ``RunWork.keep``."""
        keep_prompt(store, run, task, result, self._config(run).algorithm)

    def _config(self, run: RunRecord) -> OptimizeConfig:
        request = OptimizeRequest.from_dict(run.request)
        return preset(request.preset).with_changes(
            budget=self._budget, rounds=request.rounds or None, algorithm=request.algorithm or None
        )
