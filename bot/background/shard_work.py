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
from optimizer.model.protocol import Journal
from storage.runs import RunRecord
from storage.shards import SHARD_KIND
from storage.team_journal import TeamJournal


@dataclass(frozen=True, slots=True)
class ShardTask:
    """Shard ``number`` of the plan in ``folder``."""

    folder: Folder
    number: int


def shard_request(folder: Folder, number: int, team: str | None) -> dict[str, Any]:
    """Return what is stored of a shard: where its plan is, which one it is, whose. No credentials."""
    address = folder.address
    return {"address": address.text, "host": address.host, "number": number, "team": team}


def journal_of(run: RunRecord, journal: Journal) -> Journal:
    """Return the journal as ``run`` sees it; a shard sees that of the run that it belongs to."""
    if run.kind != SHARD_KIND:
        return TeamJournal(journal, run.place.team, run.id)
    team = run.request.get("team")
    return journal if team is None else TeamJournal(journal, team, run.owner)


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
