"""What an application is given, and the way to do all of it here in one piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.control import RunControl
from optimizer.evolution.application import Application, Stretch, rows_to_retry
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.evolver import Evolver
from optimizer.evolution.methods import Method
from optimizer.evolution.sampling import DataSample
from optimizer.evolution.tally import Tally
from optimizer.instructions.records import EvolvedSink, InstructionSource
from optimizer.model.ledger import Ledger


@dataclass(frozen=True, slots=True)
class ModelNames:
    """The models of a run: who rewrites, who answers, who judges."""

    evolve: str
    answer: str
    judge: str


@dataclass(frozen=True, slots=True)
class WholeApplication:
    """What is applied to what, and the account that it goes to."""

    run_id: str
    method: Method
    config: EvolveConfig
    models: ModelNames
    source: InstructionSource
    sample: DataSample
    sink: EvolvedSink
    ledger: Ledger
    control: RunControl


async def apply_here(
    whole: WholeApplication, evolver: Evolver, concurrency: int, on_rows: Callable[[int], None]
) -> Tally:
    """Apply the method to all rows in one piece; see ``Application``."""
    stretch = Stretch(
        whole.source, whole.sample.measured, rows_to_retry(whole.config, whole.ledger, whole.sample)
    )
    return await Application(
        evolver, whole.config, whole.method, stretch, whole.sink, concurrency=concurrency, on_rows=on_rows
    ).run()
