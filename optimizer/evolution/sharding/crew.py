"""Who works on the shards of an application: the interface, and the crew that is this process alone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from optimizer.control import RunControl
from optimizer.evolution.sharding.shard_work import evolve_shard
from optimizer.instructions.folder import Folder
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import Journal


class ShardCrew(Protocol):
    """Sees shards through, in any order, here or elsewhere."""

    async def work(
        self,
        run_id: str,
        folder: Folder,
        numbers: Collection[int],
        control: RunControl,
        on_end: Callable[[int], None],
    ) -> None:
        """Have the shards ``numbers`` of the plan in ``folder`` worked on; ``on_end`` hears of each that ended.

        Returns when all have ended: each has its part then, or was stopped with the run.

        Raises:
            ModelError, InputError, OutputError: one failed; the others were stopped and may go on later.
        """
        ...

    async def dismiss(self, run_id: str) -> None:
        """Forget the shards of a run, whose parts are joined."""
        ...


class LoneCrew:
    """Implements ``ShardCrew`` in this process, one shard after the other."""

    def __init__(self, pool: ModelPool, journal: Journal) -> None:
        self._pool, self._journal = pool, journal

    async def work(
        self,
        run_id: str,
        folder: Folder,
        numbers: Collection[int],
        control: RunControl,
        on_end: Callable[[int], None],
    ) -> None:
        """See ``ShardCrew.work``."""
        for number in sorted(numbers):
            await evolve_shard(folder, number, self._pool, self._journal, control)
            on_end(number)
            control.raise_if_cancelled()

    async def dismiss(self, run_id: str) -> None:
        """See ``ShardCrew.dismiss``; there is nothing to forget."""
