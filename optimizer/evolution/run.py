"""One evolution from start to written data: its public entry points and its result."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from optimizer.control import RunControl
from optimizer.events import EventSink
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.events import DataMeasured, FailureCount, MethodProposal
from optimizer.evolution.sharding.sharded import Sharding
from optimizer.evolution.task import EvolveTask
from optimizer.holdout_events import HoldoutTested
from optimizer.instructions.records import EvolvedSink
from optimizer.model.memory_journal import MemoryJournal
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import Journal
from optimizer.model.settings import ModelSettings
from optimizer.run import new_run_id


@dataclass(frozen=True, slots=True)
class EvolveResult:
    """What an evolution found, and what became of the rows.

    ``final_method`` is the accepted method with the lowest failure rate on the dev instructions, unless
    the holdout showed it to be worse than ``first_method``. Rates are shares of failed evolutions
    (0..1), None when nothing was measured. ``failure_rate`` has the rate of the best method after each
    step, step 0 being the first method. ``lineage`` holds every accepted method, the first one first.
    ``stopped_because`` is *steps*, *patience*, *budget*, *cancelled* or *perfect*. ``rows`` counts the
    input rows, the three after it what became of them; all are 0 when nothing was applied to the end.
    ``failures`` counts the kept rows by rule. ``seconds`` is wall-clock time, ``cost`` in US dollars
    (None when a price is unknown).
    """

    run_id: str
    first_method: str
    final_method: str
    first_rate: float | None
    final_rate: float | None
    failure_rate: tuple[tuple[int, float], ...]
    lineage: tuple[MethodProposal, ...]
    verdict: str
    holdout: HoldoutTested | None
    stopped_because: str
    steps: int
    rows: int
    evolved: int
    kept: int
    unusable: int
    failures: tuple[FailureCount, ...]
    measured: DataMeasured | None
    calls: int
    cached: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    seconds: float
    troubles: tuple[tuple[str, int], ...]


async def run_evolution(
    task: EvolveTask,
    config: EvolveConfig,
    models: ModelSettings | ModelPool,
    *,
    run_id: str = "",
    journal: Journal | None = None,
    on_event: EventSink = lambda event: None,
    control: RunControl | None = None,
    sink: EvolvedSink | None = None,
    sharding: Sharding | None = None,
) -> EvolveResult:
    """Find the best evolving method for ``task.source`` and apply it to every row.

    Running again with the same id, task, config, journal and sink resumes: no paid call is repeated,
    rows that the sink has are not written again, and the end is that of an undisturbed run. Without
    a ``sink`` nothing is applied. With ``sharding`` the rows are evolved in shards by its crew; the
    result is the same. ``models`` may be a pool that several runs share. A cancelled run
    and one that spent its budget return normally.

    Raises:
        ConfigError: the budget cannot pay for what must be done, or a model lacks its key.
        InputError: the data cannot be read, or has too few usable instructions to search on.
        ModelError: a model cannot be reached or refused for good; run again to resume.
    """
    from optimizer.evolution.conductor import EvolutionConductor

    if isinstance(models, ModelSettings):
        async with ModelPool(models) as pool:
            return await run_evolution(
                task, config, pool, run_id=run_id, journal=journal, on_event=on_event, control=control,
                sink=sink, sharding=sharding,
            )  # fmt: skip
    conductor = EvolutionConductor(
        task, config, models, run_id=run_id or new_run_id(),
        journal=journal if journal is not None else MemoryJournal(),
        emit=on_event, control=control or RunControl(), sink=sink, sharding=sharding,
    )  # fmt: skip
    return await conductor.conduct()


def evolve(
    task: EvolveTask,
    config: EvolveConfig,
    models: ModelSettings,
    *,
    run_id: str = "",
    journal: Journal | None = None,
    on_event: EventSink = lambda event: None,
    control: RunControl | None = None,
    sink: EvolvedSink | None = None,
    sharding: Sharding | None = None,
) -> EvolveResult:
    """Evolve from plain synchronous code; see ``run_evolution``."""
    return asyncio.run(
        run_evolution(
            task,
            config,
            models,
            run_id=run_id,
            journal=journal,
            on_event=on_event,
            control=control,
            sink=sink,
            sharding=sharding,
        )
    )
