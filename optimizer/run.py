"""One optimisation from start to verdict: its public entry points and its result."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass

from optimizer.config import OptimizeConfig
from optimizer.control import RunControl
from optimizer.events import EventSink, StopReason
from optimizer.holdout_events import HoldoutTested, Verdict
from optimizer.model.memory_journal import MemoryJournal
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import Journal
from optimizer.model.settings import ModelSettings
from optimizer.task import Task


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found. ``final_prompt`` equals ``seed_prompt`` unless the verdict is *better*.

    ``candidate_prompt`` is the search's own favourite, also when the holdout did not confirm it.
    ``holdout`` is None when the run was stopped before the test. ``seconds`` is wall-clock time,
    ``cost`` is in US dollars (None when a price is unknown).
    """

    run_id: str
    seed_prompt: str
    final_prompt: str
    candidate_prompt: str
    verdict: Verdict
    holdout: HoldoutTested | None
    stopped_because: StopReason
    rounds: int
    calls: int
    cached: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    seconds: float
    troubles: tuple[tuple[str, int], ...]


def new_run_id() -> str:
    """Return a fresh id for a run."""
    return f"r-{uuid.uuid4().hex[:8]}"


async def run_optimization(
    task: Task,
    config: OptimizeConfig,
    models: ModelSettings | ModelPool,
    *,
    run_id: str = "",
    journal: Journal | None = None,
    on_event: EventSink = lambda event: None,
    control: RunControl | None = None,
) -> Result:
    """Optimise ``task.prompt``. Running again with the same id, task, config and journal resumes.

    ``models`` may be a pool that several runs share. Durable events come in the same order for the
    same run; see ``optimizer.events``. A cancelled run and one that spent its budget return normally.

    Raises:
        ConfigError: the budget cannot even pay for baseline and test, or a model lacks its key.
        ModelError: a model cannot be reached or refused for good; run again to resume.
    """
    from optimizer.conductor import Conductor

    if isinstance(models, ModelSettings):
        async with ModelPool(models) as pool:
            return await run_optimization(
                task, config, pool, run_id=run_id, journal=journal, on_event=on_event, control=control
            )
    conductor = Conductor(
        task,
        config,
        models,
        run_id=run_id or new_run_id(),
        journal=journal if journal is not None else MemoryJournal(),
        emit=on_event,
        control=control or RunControl(),
    )
    return await conductor.conduct()


def optimize(
    task: Task,
    config: OptimizeConfig,
    models: ModelSettings,
    *,
    run_id: str = "",
    journal: Journal | None = None,
    on_event: EventSink = lambda event: None,
) -> Result:
    """Optimise ``task.prompt`` from plain synchronous code; see ``run_optimization``."""
    return asyncio.run(
        run_optimization(task, config, models, run_id=run_id, journal=journal, on_event=on_event)
    )
