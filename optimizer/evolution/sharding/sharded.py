"""A method applied to all rows in shards: planned once, worked on by a crew, joined in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from optimizer.config import Budget
from optimizer.errors import RunCancelled
from optimizer.evolution.application import rows_to_retry
from optimizer.evolution.applying import WholeApplication
from optimizer.evolution.in_order import in_thread
from optimizer.evolution.sharding.counts import ShardCounts
from optimizer.evolution.sharding.crew import ShardCrew
from optimizer.evolution.sharding.joining import join
from optimizer.evolution.sharding.pieces import cut
from optimizer.evolution.sharding.plan import PLAN, Shard, ShardPlan, with_budgets
from optimizer.evolution.sharding.shard_work import finished
from optimizer.evolution.tally import Tally
from optimizer.instructions.address import Address
from optimizer.instructions.folder import Folder
from optimizer.model.ledger import Ledger

_STOPPING_SECONDS = 20.0
"""How long a stopped run waits for what its shards have spent meanwhile."""


@dataclass(frozen=True, slots=True)
class Sharding:
    """How an application is cut: ``rows_each`` rows in a shard, with everything it leaves below ``address``."""

    address: Address
    rows_each: int
    crew: ShardCrew


class ShardedApplication:
    """One application in shards. ``on_rows`` is told how many rows are done, shard by shard.

    Doing it again with the same ids, method and settings goes on: the plan is made once, a part that is
    whole is never done again, and the counts are those of an undisturbed run. Pieces and parts stay
    until the caller has the result where it belongs and erases the folder.
    """

    def __init__(self, sharding: Sharding, whole: WholeApplication, on_rows: Callable[[int], None]) -> None:
        self._sharding, self._whole, self._on_rows = sharding, whole, on_rows
        self._rows = 0
        self._ended: set[int] = set()

    async def run(self) -> Tally:
        """Apply the method to all rows.

        Raises:
            ModelError, InputError, OutputError: a shard failed; what is finished stays so.
        """
        folder, plan = await in_thread(self._planned)
        shards = {shard.number: shard for shard in plan.shards}
        missing = []
        for shard in plan.shards:
            counts = await in_thread(lambda shard=shard: finished(folder, shard))  # type: ignore[misc]
            if counts is None:
                missing.append(shard.number)
            else:
                self._account(shard, counts)
        news: asyncio.Queue[int] = asyncio.Queue()
        accounting = asyncio.create_task(self._follow(folder, shards, news))
        control, crew = self._whole.control, self._sharding.crew
        try:
            await crew.work(plan.run_id, folder, missing, control, news.put_nowait)
            await news.join()
        except (asyncio.CancelledError, RunCancelled):
            if control.cancelled:
                await asyncio.wait({asyncio.ensure_future(news.join())}, timeout=_STOPPING_SECONDS)
            raise
        finally:
            accounting.cancel()
        control.raise_if_cancelled()
        tally = await in_thread(lambda: join(folder, plan, self._whole.sink))
        await crew.dismiss(plan.run_id)
        return tally

    async def _follow(self, folder: Folder, shards: dict[int, Shard], news: asyncio.Queue[int]) -> None:
        """Account for shards as they end, finished or stopped."""
        while True:
            shard = shards[await news.get()]
            try:
                counts = await in_thread(lambda shard=shard: _came_to(folder, shard))  # type: ignore[misc]
                if counts is not None:
                    self._account(shard, counts)
            finally:
                news.task_done()

    def _account(self, shard: Shard, counts: ShardCounts) -> None:
        if shard.number in self._ended:
            return
        self._ended.add(shard.number)
        self._whole.ledger.add(counts.spent)
        self._rows += counts.tally.rows
        self._on_rows(self._rows)

    def _planned(self) -> tuple[Folder, ShardPlan]:
        """Return the plan and where it is, made now unless it was made before."""
        whole, rows_each = self._whole, self._sharding.rows_each
        plan = ShardPlan(
            run_id=whole.run_id,
            method=whole.method,
            config=whole.config,
            models=whole.models,
            measured=whole.sample.measured,
            retried=rows_to_retry(whole.config, whole.ledger, whole.sample),
        )
        folder = Folder(self._sharding.address.below(plan.key(rows_each)))
        stored = folder.read(PLAN)
        if stored is not None:
            return folder, ShardPlan.from_json(stored)
        shards = cut(whole.source, rows_each, folder, whole.config.max_instruction_chars)
        plan = with_budgets(plan, shards, _left(whole.config.budget, whole.ledger))
        folder.write(PLAN, plan.to_json())
        return folder, plan


def _came_to(folder: Folder, shard: Shard) -> ShardCounts | None:
    counts = finished(folder, shard)
    if counts is not None:
        return counts
    content = folder.read(shard.stopped)
    return ShardCounts.from_json(content) if content else None


def _left(budget: Budget, ledger: Ledger) -> Budget:
    """Return what the run may still spend on tokens and money; calls are planned row by row."""
    return Budget(
        calls=budget.calls,
        tokens=None if budget.tokens is None else max(1, budget.tokens - ledger.tokens),
        cost=None if budget.cost is None else max(1e-9, budget.cost - ledger.cost),
    )
