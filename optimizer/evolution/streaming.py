"""An evolution as an async iterator of its events."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from optimizer.control import RunControl
from optimizer.events import EventSink
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.run import EvolveResult, run_evolution
from optimizer.evolution.sharding.sharded import Sharding
from optimizer.evolution.task import EvolveTask
from optimizer.instructions.records import EvolvedSink
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import Journal
from optimizer.model.settings import ModelSettings
from optimizer.streaming import RunStream


def stream_evolution(
    task: EvolveTask,
    config: EvolveConfig,
    models: ModelSettings | ModelPool,
    *,
    run_id: str = "",
    journal: Journal | None = None,
    control: RunControl | None = None,
    sink: EvolvedSink | None = None,
    sharding: Sharding | None = None,
) -> RunStream[EvolveResult]:
    """Return an evolution whose events can be iterated; arguments as for ``run_evolution``.

    Leaving the loop early stops it; rows that are written stay written.
    """

    def run(on_event: EventSink, control: RunControl) -> Coroutine[Any, Any, EvolveResult]:
        return run_evolution(
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

    return RunStream(run, control)
