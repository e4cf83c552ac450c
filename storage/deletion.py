"""Deleting runs with everything that came of them: one by one, by their age, or all of a workspace."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from optimizer.errors import InputError, PromptbeamError
from optimizer.ways_out import Fix, Knob
from storage.database import Database
from storage.errors import storage_error
from storage.result_files import ResultFiles
from storage.runs import ENDED
from storage.spending import DAY, delete_answers
from storage.visibility import Viewer

logger = logging.getLogger(__name__)

TABLES_OF_A_RUN = (
    *("events", "run_messages", "run_files", "calls"),
    *("outbox", "run_commands", "run_takes", "work", "run_reviews"),
)
"""Tables whose rows go with the run in their column ``run_id``; a test finds one that was forgotten here."""
_AT_ONCE = 10
"""Runs in one transaction: Slack's clicks are claimed in the database before they are acknowledged."""
_ANSWERS_AT_ONCE = 20_000
_PAGES_AT_ONCE = 500
_PAUSE = 0.01
"""Seconds between two transactions, for others that wait to write."""
_OF_PROMPTS = "(SELECT number FROM prompts WHERE run_id = ?{kept})"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was deleted: runs, their prompts, their paid answers, their result files on this machine.

    ``uploads`` is how many files the bot still has to delete at Slack; ``left`` how many runs were left
    as they are, because something of theirs is out of reach.
    """

    runs: int = 0
    prompts: int = 0
    calls: int = 0
    files: int = 0
    uploads: int = 0
    left: int = 0


class Outside(Protocol):
    """Knows what of a run lies outside the database: where other processes and other machines work on it."""

    def erase(self, run_id: str) -> None:
        """Delete it; what is gone already is no error. Blocks, perhaps on a network.

        Raises:
            PromptbeamError: it is out of reach; again does the rest.
        """
        ...


class Inside:
    """Implements ``Outside`` where everything is in the database."""

    def erase(self, run_id: str) -> None:
        """See ``Outside.erase``; there is nothing."""


class Eraser:
    """Deletes what belongs to a run: events, messages, input files, journal entries, prompts with their
    words, vectors and reviews, lessons, result files; and marks its uploads, which Slack holds.

    The search index takes its part from SQLite, also when another process has it open. What was
    deleted is overwritten in the file, not only unlinked. Every method raises ``StorageError`` when
    the database fails; a transaction deletes whole runs or nothing. What a run has outside goes first, so
    that a run which is still known is one of which something may be left, wherever a crash came.
    """

    def __init__(
        self, database: Database, files: ResultFiles, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._files = files
        self._clock = clock
        self._outside: Outside = Inside()

    def reach(self, outside: Outside) -> None:
        """From now on delete what lies ``outside`` too."""
        self._outside = outside

    def erase(self, name: str, viewer: Viewer) -> Erased:
        """Delete the run ``name``, or the run that made the prompt ``name``.

        A prompt's text is in the history of its run, so one does not go without the other.

        Raises:
            InputError: there is no such run or prompt of the viewer's own, or it is still under way.
            PromptbeamError: what it has outside is out of reach; the run is as it was.
        """
        run_id = self._own_run(name, viewer)
        self._outside.erase(run_id)
        before = self._counts()
        self._delete([run_id], keep_accepted=False)
        return self._since(before)

    def older_than(self, days: float) -> Erased:
        """Delete the runs that ended more than ``days`` ago; prompts that were accepted stay.

        Runs from a terminal that never ended count from their last event. A run of which something is
        out of reach stays for the next time.
        """
        limit = self._clock() - days * DAY
        ended = ", ".join(f"'{status}'" for status in ENDED)
        rows = self._database.rows(
            f"SELECT id FROM runs WHERE (status IN ({ended}) AND coalesce(finished_at, created_at) < ?)"
            f" OR (status NOT IN ({ended}) AND place_kind = 'terminal' AND max(created_at, coalesce("
            " (SELECT max(at) FROM events WHERE run_id = runs.id), 0)) < ?) ORDER BY created_at",
            (limit, limit),
        )
        before = self._counts()
        reached = self._reached([run_id for (run_id,) in rows])
        self._delete(reached, keep_accepted=True)
        return replace(self._since(before), left=len(rows) - len(reached))

    def of_team(self, team: str, until: float) -> Erased:
        """Delete all that a workspace had at the time ``until``: it left, its runs have ended or never will.

        Accepted prompts go too. Its uploads are forgotten: they are the workspace's own, and without its
        token nobody but its people can delete them.
        """
        before = self._counts()
        rows = self._database.rows(
            "SELECT id FROM runs WHERE team = ? AND created_at <= ? UNION"
            " SELECT run_id FROM prompts WHERE team = ? AND created_at <= ? UNION"
            " SELECT run_id FROM lessons WHERE team = ? AND created_at <= ?",
            (team, until) * 3,
        )
        ids = [run_id for (run_id,) in rows]
        self._database.connection().execute("PRAGMA secure_delete = ON")
        with self._database.write() as connection:
            connection.execute("DELETE FROM uploads WHERE team = ? AND at <= ?", (team, until))
            connection.execute("DELETE FROM drafts WHERE team = ? AND at <= ?", (team, until))
            connection.executemany(
                "DELETE FROM deliveries WHERE substr(name, 1, length(?)) = ? AND at <= ?",
                [(start, start, until) for start in (f"event/{team}/", f"message/{team}/")],
            )
        reached = self._reached(ids)
        self._delete(reached, keep_accepted=False)
        return replace(self._since(before), left=len(ids) - len(reached))

    def _reached(self, run_ids: Sequence[str]) -> list[str]:
        """Delete what the runs have outside, and return those of which nothing is left there."""
        reached = []
        for run_id in run_ids:
            try:
                self._outside.erase(run_id)
            except PromptbeamError as error:
                logger.warning("run %s is not deleted yet: %s", run_id, error.message)
            else:
                reached.append(run_id)
        return reached

    def _own_run(self, name: str, viewer: Viewer) -> str:
        rows = self._database.rows(
            "SELECT id, owner, team, status, place_kind FROM runs WHERE id = ?"
            " OR id = (SELECT run_id FROM prompts WHERE id = ?)"
            " UNION ALL SELECT run_id, owner, team, 'done', place_kind FROM prompts WHERE id = ? OR run_id = ?",
            (name, name, name, name),
        )
        own = [row for row in rows if viewer.everything or (row[1], row[2]) == (viewer.user, viewer.team)]
        if not own or not (viewer.everything or (viewer.user and viewer.team)):
            raise InputError(
                f"There is no run or prompt {name!r} of yours.",
                Fix("Look for it {}.", Knob.PAST_PROMPTS),
                field="prompt",
            )
        run_id, _, _, status, place = own[0]
        if status not in ENDED and place != "terminal":
            raise InputError(f"Run {run_id} is still under way.", "Stop it first, then delete it.")
        return str(run_id)

    def _delete(self, run_ids: Sequence[str], *, keep_accepted: bool) -> None:
        """Delete the runs a few at a time, so that no other writer has to wait for all of them."""
        connection = self._database.connection()
        try:
            connection.execute("PRAGMA secure_delete = ON")
            for run_id in run_ids:
                self._delete_answers(run_id)
            for start in range(0, len(run_ids), _AT_ONCE):
                with self._database.write():
                    embedders = self._embedders()
                    for run_id in run_ids[start : start + _AT_ONCE]:
                        _delete_run(connection, run_id, embedders, self._clock(), keep_accepted=keep_accepted)
                time.sleep(_PAUSE)
            if run_ids:
                self._merge_words()
            connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        except sqlite3.Error as error:
            raise storage_error(error, self._database.path) from error

    def _delete_answers(self, run_id: str) -> None:
        """Delete paid answers, of which there may be millions; those that a crash leaves go with their run."""
        left = True
        while left:
            with self._database.write() as connection:
                deleted = delete_answers(connection, run_id, self._clock(), _ANSWERS_AT_ONCE)
                left = deleted == _ANSWERS_AT_ONCE
            if left:
                time.sleep(_PAUSE)

    def _embedders(self) -> list[str]:
        """Return the few embedders that vectors are of, without a look at each of the many vectors."""
        found: list[str] = []
        sql = "SELECT min(embedder) FROM prompt_vectors WHERE embedder > ?"
        while (name := self._database.rows(sql, (found[-1] if found else "",))[0][0]) is not None:
            found.append(name)
        return found

    def _merge_words(self) -> None:
        """Merge the parts of the word index, step by step: in older ones deleted words stay until then."""
        merge = "INSERT INTO prompts_fts (prompts_fts, rank) VALUES ('merge', ?)"
        pages, changed = -_PAGES_AT_ONCE, 2
        while changed >= 2:  # fewer: there was nothing left to merge (https://sqlite.org/fts5.html, 'merge')
            with self._database.write() as connection:
                before = connection.total_changes
                connection.execute(merge, (pages,))
                changed = connection.total_changes - before
            pages = _PAGES_AT_ONCE
            time.sleep(_PAUSE)

    def _counts(self) -> tuple[int, int, int, int]:
        sql = (
            "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM prompts), (SELECT count(*) FROM calls),"
            " (SELECT count(*) FROM uploads WHERE doomed_at NOT NULL)"
        )
        runs, prompts, calls, uploads = self._database.rows(sql)[0]
        return runs, prompts, calls, uploads

    def _since(self, before: tuple[int, int, int, int]) -> Erased:
        after = self._counts()
        return Erased(
            runs=before[0] - after[0],
            prompts=before[1] - after[1],
            calls=before[2] - after[2],
            files=self._files.sweep(),
            uploads=after[3] - before[3],
        )


def _delete_run(
    connection: sqlite3.Connection, run_id: str, embedders: Sequence[str], now: float, *, keep_accepted: bool
) -> None:
    kept = " AND status <> 'accepted'" if keep_accepted else ""
    prompts = _OF_PROMPTS.format(kept=kept)
    connection.execute(
        "DELETE FROM drafts WHERE json_extract(body, '$.run') = ?"
        " OR json_extract(body, '$.parent') IN (SELECT id FROM prompts WHERE run_id = ?)",
        (run_id, run_id),
    )
    for table in TABLES_OF_A_RUN:
        connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))
    connection.execute(f"DELETE FROM prompt_reviews WHERE number IN {prompts}", (run_id,))
    for embedder in embedders:
        connection.execute(
            f"DELETE FROM prompt_vectors WHERE embedder = ? AND number IN {prompts}", (embedder, run_id)
        )
    connection.execute(f"DELETE FROM prompts WHERE run_id = ?{kept}", (run_id,))
    connection.execute(
        "DELETE FROM lesson_vectors WHERE number IN (SELECT number FROM lessons WHERE run_id = ?)", (run_id,)
    )
    connection.execute("DELETE FROM lessons WHERE run_id = ?", (run_id,))
    connection.execute(
        "UPDATE uploads SET doomed_at = coalesce(doomed_at, ?) WHERE run_id = ?", (now, run_id)
    )
    connection.execute("DELETE FROM runs WHERE id = ? OR id LIKE ?", (run_id, f"{run_id}.%"))
