"""The kinds of run that the service knows, by the name that is stored with each run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.background.evolve_work import EvolveWork
from bot.background.large_data import LargeData
from bot.background.optimize_work import OptimizeWork
from bot.background.run_work import QueuedWork, RunWork
from bot.background.shard_work import ShardWork
from optimizer.config import Budget


def all_kinds(budget: Budget, large: LargeData | None = None) -> Mapping[str, RunWork[Any, Any]]:
    """Return every kind of run under its name; ``budget`` bounds each run."""
    works: tuple[RunWork[Any, Any], ...] = (OptimizeWork(budget), EvolveWork(budget, large or LargeData()))
    return {work.kind: work for work in works}


def queued_kinds(kinds: Mapping[str, RunWork[Any, Any]]) -> Mapping[str, QueuedWork[Any]]:
    """Return everything that a worker takes from the queue: the kinds of run, and the parts of one."""
    shard = ShardWork()
    return {**kinds, shard.kind: shard}
