"""The shards of runs as work of their own: offered, taken up again after a crash, forgotten when joined."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from storage.runs import RunRecord, RunTable
from storage.shared_database import SharedDatabase
from storage.visibility import Place
from storage.work import WorkOutcome, WorkTable

SHARD_KIND = "evolve-shard"
NOWHERE = Place(team="", channel="", kind="terminal")
"""Shards are shown to nobody: what is to be seen of them, their run shows."""


@dataclass(frozen=True, slots=True)
class OpenShard:
    """A shard that waits or is worked on, under an ``id`` that no earlier try at it had."""

    id: str
    number: int
    attempt: int


class ShardTable:
    """Shards are runs without a place, whose ids begin with their run's.

    So claiming, heartbeats, commands and takeover are those of runs. Every method raises
    ``StorageError`` when the database fails.
    """

    def __init__(self, database: SharedDatabase, runs: RunTable, work: WorkTable) -> None:
        self._database, self._runs, self._work = database, runs, work

    def offer(self, run_id: str, requests: Mapping[int, Mapping[str, Any]]) -> list[OpenShard]:
        """Open the work on shards, by number, and return them; one that is open already stays as it is.

        What is left of an earlier try that failed, was stopped, or was asked something else goes.
        """
        found = self._found(run_id)
        offered = []
        for number, request in requests.items():
            known = found.get(number)
            if known is not None and known.request == request and known.is_open:
                shard_id = known.id
            else:
                if known is not None:
                    self._delete([known.id])
                shard_id = f"{run_id}.{number:05d}-{secrets.token_hex(3)}"
                self._runs.create(
                    RunRecord(shard_id, SHARD_KIND, "running", run_id, NOWHERE, request, time.time())
                )
            offered.append(OpenShard(shard_id, number, self._work.offer(shard_id)))
        return offered

    def ended(self, run_id: str) -> dict[str, WorkOutcome]:
        """Return how the shards ended that are not open any more, by id."""
        rows = self._database.rows(
            "SELECT run_id, outcome FROM work WHERE run_id LIKE ? AND outcome IS NOT NULL", (f"{run_id}.%",)
        )
        return {shard_id: WorkOutcome(**json.loads(outcome)) for shard_id, outcome in rows}

    def forget(self, run_id: str) -> None:
        """Delete what is known of the run's shards; what they paid is the run's and stays."""
        self._delete([shard.id for shard in self._found(run_id).values()])

    def _found(self, run_id: str) -> dict[int, _Found]:
        rows = self._database.rows(
            "SELECT runs.id, runs.request, work.outcome, (SELECT count(*) FROM run_commands WHERE"
            " run_commands.run_id = runs.id AND run_commands.kind = 'stop') FROM runs"
            " LEFT JOIN work ON work.run_id = runs.id WHERE runs.kind = ? AND runs.id LIKE ?",
            (SHARD_KIND, f"{run_id}.%"),
        )
        return {
            int(shard_id.rpartition(".")[2].partition("-")[0]): _Found(
                shard_id, json.loads(request), outcome is None and not stops
            )
            for shard_id, request, outcome, stops in rows
        }

    def _delete(self, ids: Iterable[str]) -> None:
        with self._database.write() as connection:
            connection.executemany("DELETE FROM runs WHERE id = ?", [(shard_id,) for shard_id in ids])


@dataclass(frozen=True, slots=True)
class _Found:
    id: str
    request: Mapping[str, Any]
    is_open: bool
