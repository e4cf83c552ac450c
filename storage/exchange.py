"""Everything that bot and workers share, over one database: the file of one machine, or PostgreSQL."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from optimizer.model.protocol import Journal
from storage.commands import Command, CommandTable
from storage.presence import LeaseTable, WorkerTable
from storage.runs import RunRecord, RunTable
from storage.shared_database import SharedDatabase
from storage.spending import delete_answers, spent_since
from storage.work import WorkTable

if TYPE_CHECKING:
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class Exchange:
    """The shared tables. ``shared`` tells whether they are apart from the bot's own store."""

    database: SharedDatabase
    runs: RunTable
    commands: CommandTable
    work: WorkTable
    workers: WorkerTable
    leases: LeaseTable
    journal: Journal
    shared: bool

    def spent(self, since: float, *, team: str, owner: str = "") -> float:
        """Return what was paid since a time of today (US dollars) by a workspace, or by one person of it."""
        return spent_since(self.database, since, team=team, owner=owner)

    def forget_spending(self, team: str) -> None:
        """Delete what is known of money that deleted runs of a workspace took; it left."""
        with self.database.write() as connection:
            connection.execute("DELETE FROM spent WHERE team = ?", (team,))

    def paid(self, run_id: str) -> bool:
        """Tell whether anything was paid for the run."""
        return bool(self.database.rows("SELECT 1 FROM calls WHERE run_id = ? LIMIT 1", (run_id,)))

    def hand_over(self, run: RunRecord, store: Store) -> None:
        """Put what a worker needs of the run (request, files, commands) where it can read it; again is harmless."""
        if not self.shared:
            return
        if not self.runs.create(replace(run, message_ts={})):
            with self.database.write() as connection:  # it may have been forgotten after an earlier end
                connection.execute(
                    "UPDATE runs SET request = ?, status = 'running' WHERE id = ?",
                    (json.dumps(dict(run.request)), run.id),
                )
        there = set(self.runs.file_names(run.id))
        for name in store.runs.file_names(run.id):
            if name not in there:
                self.runs.save_file(run.id, name, store.runs.read_file(run.id, name))

    def tell_wishes(self, run: RunRecord) -> None:
        """Tell a run, before its first round, the wishes of its request; again is harmless."""
        for number, wish in enumerate(run.request.get("wishes") or ()):
            command = Command("feedback", str(wish["text"]), str(wish["author"]))
            self.commands.add(run.id, command, f"{run.id}/wish/{number}")

    def bring_back(self, run_id: str, store: Store, prefix: str) -> None:
        """Copy the files whose names begin with ``prefix``, which a worker left, into the bot's store."""
        if not self.shared:
            return
        for name in self.runs.file_names(run_id):
            if name.startswith(prefix):
                store.runs.save_file(run_id, name, self.runs.read_file(run_id, name))

    def forget(self, run_id: str) -> None:
        """Take back what was handed over of an ended run; what it paid stays known."""
        if not self.shared:
            return
        with self.database.write() as connection:
            for table in ("events", "run_files", "run_commands", "run_takes", "work"):
                connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))
            connection.execute("UPDATE runs SET request = '{}', status = 'done' WHERE id = ?", (run_id,))

    def runs_of(self, team: str, until: float) -> list[str]:
        """Return the runs of a workspace that the shared database knows and that began before ``until``."""
        if not self.shared:
            return []
        rows = self.database.rows("SELECT id FROM runs WHERE team = ? AND created_at <= ?", (team, until))
        return [str(run_id) for (run_id,) in rows]

    def erase(self, run_id: str) -> None:
        """Delete everything that the shared database knows of a run, its paid answers included."""
        if not self.shared:
            return
        with self.database.write() as connection:
            delete_answers(connection, run_id, self.database.now())
            connection.execute("DELETE FROM runs WHERE id = ? OR id LIKE ?", (run_id, f"{run_id}.%"))


def exchange_over(
    database: SharedDatabase, journal: Journal, *, shared: bool, silent: float = 60.0
) -> Exchange:
    """Return the tables over ``database``; ``silent`` seconds without a heartbeat make a worker dead."""
    return Exchange(
        database=database,
        runs=RunTable(database),
        commands=CommandTable(database),
        work=WorkTable(database),
        workers=WorkerTable(database, silent=silent),
        leases=LeaseTable(database),
        journal=journal,
        shared=shared,
    )


def local_exchange(store: Store, *, silent: float = 60.0) -> Exchange:
    """Return the tables of one machine: those in the store itself."""
    return exchange_over(store.database, store.journal, shared=False, silent=silent)
