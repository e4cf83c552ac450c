"""Which processes are alive: the workers' heartbeats, and leases that only one process may hold."""

from __future__ import annotations

from storage.shared_database import SharedDatabase
from storage.work import WorkerRecord

_FORGOTTEN_AFTER = 86_400.0
"""Seconds for which a worker that died is shown: in containers each start has another name."""


class WorkerTable:
    """Heartbeats. ``silent`` is how many seconds without one make a worker count as dead."""

    def __init__(self, database: SharedDatabase, *, silent: float = 60.0) -> None:
        self._database = database
        self.silent = silent

    def enter(self, name: str, instance: str, host: str, slots: int, *, alone: bool = False) -> bool:
        """Start under ``name``; False when a living worker has that name.

        Those that died long ago are forgotten. ``alone`` says that the caller knows by other means that
        no other process has it.
        """
        now = self._database.now()
        dead = now + 1 if alone else now - self.silent
        with self._database.write() as connection:
            connection.execute("DELETE FROM workers WHERE seen < ?", (now - _FORGOTTEN_AFTER - self.silent,))
            entered = connection.execute(
                "INSERT INTO workers (name, instance, host, slots, busy, started, seen) VALUES (?, ?, ?, ?, 0, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET instance = excluded.instance, host = excluded.host,"
                " slots = excluded.slots, busy = 0, started = excluded.started, seen = excluded.seen"
                " WHERE workers.seen < ?",
                (name, instance, host, slots, now, now, dead),
            )
        return entered.rowcount == 1

    def beat(self, name: str, instance: str, busy: int) -> bool:
        """Say that the worker lives; False when another instance has taken its name."""
        with self._database.write() as connection:
            beaten = connection.execute(
                "UPDATE workers SET seen = ?, busy = ? WHERE name = ? AND instance = ?",
                (self._database.now(), busy, name, instance),
            )
        return beaten.rowcount == 1

    def leave(self, name: str, instance: str) -> None:
        """End politely: what the worker held may be taken over at once."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM workers WHERE name = ? AND instance = ?", (name, instance))

    def all(self) -> list[WorkerRecord]:
        """Return every worker that was heard of, by name."""
        now = self._database.now()
        rows = self._database.rows(
            "SELECT name, instance, host, slots, busy, started, seen FROM workers ORDER BY name"
        )
        return [
            WorkerRecord(name, instance, host, slots, busy, started, idle=max(0.0, now - seen))
            for name, instance, host, slots, busy, started, seen in rows
        ]

    def living(self) -> frozenset[str]:
        """Return the names of the workers that are not silent for too long."""
        return frozenset(worker.name for worker in self.all() if worker.idle < self.silent)


class LeaseTable:
    """Leases by name: held by one process until a time, prolonged while it lives."""

    def __init__(self, database: SharedDatabase) -> None:
        self._database = database

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take or prolong the lease for ``seconds``; False while another holder has it."""
        now = self._database.now()
        with self._database.write() as connection:
            taken = connection.execute(
                "INSERT INTO leases (name, holder, until) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
                " WHERE leases.holder = excluded.holder OR leases.until < ?",
                (name, holder, now + seconds, now),
            )
        return taken.rowcount == 1

    def give_back(self, name: str, holder: str) -> None:
        """End the lease, when ``holder`` has it."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM leases WHERE name = ? AND holder = ?", (name, holder))
