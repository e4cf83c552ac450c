"""Working on one shard: its rows evolved into a part that appears whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from optimizer.control import RunControl
from optimizer.errors import InputError, RunCancelled
from optimizer.evolution.application import Application, Stretch
from optimizer.evolution.evolver import Evolver
from optimizer.evolution.in_order import in_thread
from optimizer.evolution.sharding.counts import ShardCounts
from optimizer.evolution.sharding.pieces import PieceSource
from optimizer.evolution.sharding.plan import PLAN, Shard, ShardPlan
from optimizer.evolution.tally import Tally
from optimizer.instructions.folder import Folder
from optimizer.instructions.scratch import scratch_folder
from optimizer.instructions.sinks import open_sink
from optimizer.model.door import ModelDoor
from optimizer.model.ledger import Ledger
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import Journal
from optimizer.stopping import stoppable


async def evolve_shard(
    folder: Folder,
    number: int,
    pool: ModelPool,
    journal: Journal,
    control: RunControl,
    on_rows: Callable[[int, int, Ledger], None] = lambda done, rows, ledger: None,
) -> ShardCounts | None:
    """Evolve the rows of shard ``number`` of the plan in ``folder``; None when it was stopped.

    A part that is whole is left as it is. Else the rows go the same way again, answers that were paid
    coming from the journal. ``on_rows`` hears how many rows are done, of how many, at what expense.

    Raises:
        ConfigError, InputError, OutputError: the folder cannot be used from here.
        ModelError: the model cannot be reached.
    """
    plan = await in_thread(lambda: read_plan(folder))
    shard = plan.shards[number]
    whole = await in_thread(lambda: finished(folder, shard))
    if whole is not None:
        return whole
    ledger = Ledger(shard.budget)
    with scratch_folder() as here:
        piece, part = here / "piece", here / "part"
        await in_thread(lambda: folder.fetch(shard.piece, piece))
        work = _applied(plan, shard, (piece, part), pool, journal, control, ledger, on_rows)
        try:
            tally = await stoppable(control, work)
        except RunCancelled:
            told = ShardCounts(Tally(), ledger.spent).to_json()
            await in_thread(lambda: folder.write(shard.stopped, told))
            return None
        if tally.rows != shard.rows:
            raise InputError(f"{shard.piece} is not whole.", "Start a new run.", field="data")
        counts = ShardCounts(tally, ledger.spent, part.stat().st_size)
        await in_thread(lambda: folder.put(part, shard.part))
        await in_thread(lambda: folder.write(shard.counts, counts.to_json()))
    return counts


async def _applied(
    plan: ShardPlan,
    shard: Shard,
    files: tuple[Path, Path],
    pool: ModelPool,
    journal: Journal,
    control: RunControl,
    ledger: Ledger,
    on_rows: Callable[[int, int, Ledger], None],
) -> Tally:
    def door(name: str) -> ModelDoor:
        part = str(shard.number)
        return ModelDoor(
            name, pool, journal, ledger, control, run_id=plan.run_id, seed=plan.config.seed, part=part
        )

    models, (piece, part) = plan.models, files
    with open_sink(part, before=shard.after) as sink:
        application = Application(
            Evolver(door(models.evolve), door(models.answer), door(models.judge), ledger, plan.config),
            plan.config,
            plan.method,
            Stretch(PieceSource(piece, shard.piece), plan.measured, plan.retried, shard.usable_before),
            sink,
            concurrency=pool.settings.concurrency,
            on_rows=lambda done: on_rows(done, shard.rows, ledger),
        )
        return await application.run()


def read_plan(folder: Folder) -> ShardPlan:
    """Return the plan in ``folder``. Blocks.

    Raises:
        InputError: there is none that can be read.
    """
    content = folder.read(PLAN)
    if content is None:
        raise InputError(
            f"There is no plan at {folder.address.below(PLAN).text}.",
            "Use an address that every worker reaches; a plain path is one on the machine of the run.",
            field="data",
        )
    return ShardPlan.from_json(content)


def finished(folder: Folder, shard: Shard) -> ShardCounts | None:
    """Return what a shard whose part is whole came to, None for another. Blocks."""
    content = folder.read(shard.counts)
    if content is None:
        return None
    counts = ShardCounts.from_json(content)
    return counts if folder.size(shard.part) == counts.size else None
