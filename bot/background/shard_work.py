"""Work of the kind ``evolve-shard``: one shard of an evolution, from an address and to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.background.run_files import RunFiles
from bot.background.run_work import Means
from optimizer.errors import InputError
from optimizer.evolution.sharding.shard_work import evolve_shard
from optimizer.instructions.address import Address
from optimizer.instructions.folder import Folder
from storage.runs import RunRecord
from storage.shards import SHARD_KIND


@dataclass(frozen=True, slots=True)
class ShardTask:
    """Shard ``number`` of the plan in ``folder``."""

    folder: Folder
    number: int


def shard_request(folder: Folder, number: int) -> dict[str, Any]:
    """Return what is stored of a shard: where its plan is, and which one it is. No credentials."""
    return {"address": folder.address.text, "host": folder.address.host, "number": number}


class ShardWork:
    """Implements ``QueuedWork``."""

    kind = SHARD_KIND

    def prepare(self, run: RunRecord, files: RunFiles) -> ShardTask:
        """See ``QueuedWork.prepare``."""
        return _task(run.request)

    async def conduct(self, run: RunRecord, task: ShardTask, means: Means) -> None:
        """See ``QueuedWork.conduct``."""
        await evolve_shard(task.folder, task.number, means.pool, means.journal, means.control)


def _task(request: Mapping[str, Any]) -> ShardTask:
    try:
        return ShardTask(Folder(Address(request["address"], request["host"])), int(request["number"]))
    except (KeyError, TypeError, ValueError):
        raise InputError("The stored shard cannot be read.", "Start a new run.") from None
