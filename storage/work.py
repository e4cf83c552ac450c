"""Who works on which run, how far it is and how it ended: what bot and workers tell each other."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from optimizer.errors import InputError, PromptbeamError
from optimizer.events import Progress
from optimizer.stored_events import event_from_dict, event_to_dict
from storage.shared_database import SharedDatabase


class NotTheHolder(PromptbeamError):
    """Another worker has taken the run over: whoever gets this must leave it alone."""


@dataclass(frozen=True, slots=True)
class WorkOutcome:
    """How the work on a run ended. Without ``message`` it came to its end; else that is safe to show.

    ``seconds`` is wall-clock time of the last stretch; ``charged`` tells whether anything was paid.
    """

    seconds: float = 0.0
    message: str = ""
    fix: str = ""
    reference: str = ""
    again: bool = False
    charged: bool = False


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A process that works on runs. ``instance`` changes with every start; ``idle`` is in seconds."""

    name: str
    instance: str
    host: str
    slots: int
    busy: int
    started: float
    idle: float


class WorkTable:
    """The work on all runs. Every method raises ``StorageError`` when the database fails."""

    def __init__(self, database: SharedDatabase) -> None:
        self._database = database

    def offer(self, run_id: str) -> int:
        """Open the work on a run, unless it is open, and return the number of its attempt (from 1).

        Raises:
            InputError: there is no such run.
        """
        try:
            with self._database.write() as connection:
                connection.execute(
                    "INSERT INTO work (run_id, attempt, worker, at) VALUES (?, 1, '', ?)"
                    " ON CONFLICT (run_id) DO NOTHING",
                    (run_id, self._database.now()),
                )
        except sqlite3.IntegrityError as error:
            raise InputError(f"There is no run {run_id!r}.", "Check the id.") from error
        return int(self._database.rows("SELECT attempt FROM work WHERE run_id = ?", (run_id,))[0][0])

    def offer_again(self, run_id: str) -> None:
        """Open the work on a run once more, as its next attempt, when the last one has ended."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE work SET attempt = attempt + 1, worker = '', outcome = NULL, progress = NULL"
                " WHERE run_id = ? AND outcome IS NOT NULL",
                (run_id,),
            )

    def reopen(self, run_id: str) -> int:
        """Begin a next attempt of work that the queue believes ended although it has no outcome."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE work SET attempt = attempt + 1, worker = '' WHERE run_id = ? AND outcome IS NULL",
                (run_id,),
            )
        return self.offer(run_id)

    def claim(self, run_id: str, instance: str) -> bool:
        """Make ``instance`` the run's worker; False when its work is not open. The last one to claim holds it."""
        with self._database.write() as connection:
            claimed = connection.execute(
                "UPDATE work SET worker = ?, at = ? WHERE run_id = ? AND outcome IS NULL",
                (instance, self._database.now(), run_id),
            )
        return claimed.rowcount == 1

    def held_by(self, instance: str) -> frozenset[str]:
        """Return the runs that ``instance`` holds and that have not ended."""
        rows = self._database.rows(
            "SELECT run_id FROM work WHERE worker = ? AND outcome IS NULL", (instance,)
        )
        return frozenset(run_id for (run_id,) in rows)

    def holders(self) -> dict[str, str]:
        """Return the instance that works on each run whose work is open."""
        rows = self._database.rows("SELECT run_id, worker FROM work WHERE outcome IS NULL AND worker <> ''")
        return dict(rows)

    def tell_progress(self, run_id: str, instance: str, progress: Progress) -> None:
        """Note how far the run is.

        Raises:
            NotTheHolder: another worker has it.
        """
        self._change(run_id, instance, "progress = ?", (json.dumps(event_to_dict(progress)),))

    def finish(self, run_id: str, instance: str, outcome: WorkOutcome) -> None:
        """Note how the work ended; the run is nobody's any more.

        Raises:
            NotTheHolder: another worker has it.
        """
        self._change(run_id, instance, "outcome = ?", (json.dumps(asdict(outcome)),))

    def check(self, run_id: str, instance: str) -> None:
        """Raise ``NotTheHolder`` unless ``instance`` holds the run."""
        if run_id not in self.held_by(instance):
            raise NotTheHolder(f"Run {run_id} is another worker's.")

    def state(self, run_id: str) -> tuple[Progress | None, WorkOutcome | None]:
        """Return how far the run is and how it ended; None for what is not known yet."""
        rows = self._database.rows("SELECT progress, outcome FROM work WHERE run_id = ?", (run_id,))
        if not rows:
            return None, None
        progress, outcome = rows[0]
        told = event_from_dict(json.loads(progress)) if progress else None
        return (
            told if isinstance(told, Progress) else None,
            WorkOutcome(**json.loads(outcome)) if outcome else None,
        )

    def _change(self, run_id: str, instance: str, assignment: str, values: Sequence[object]) -> None:
        with self._database.write() as connection:
            changed = connection.execute(
                f"UPDATE work SET {assignment} WHERE run_id = ? AND worker = ? AND outcome IS NULL",
                (*values, run_id, instance),
            )
        if changed.rowcount == 0:
            raise NotTheHolder(f"Run {run_id} is another worker's.")
