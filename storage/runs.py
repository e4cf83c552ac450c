"""Runs: what was asked, where it stands, the files it was given and the history of its events."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from optimizer.errors import InputError
from optimizer.events import Event, is_durable
from optimizer.stored_events import event_from_dict, event_to_dict
from storage.run_record import ENDED, MOVED, RunRecord, RunStatus
from storage.secrets import refuse_secrets
from storage.shared_database import SharedDatabase
from storage.visibility import Place, Viewer, marks, sql_condition

__all__ = ["ENDED", "MOVED", "Place", "RunRecord", "RunStatus", "RunTable"]

logger = logging.getLogger(__name__)

_COLUMNS = (
    "id, kind, status, owner, team, channel, place_kind, thread_ts, only_me, request,"
    " created_at, started_at, finished_at, error_ref"
)


class RunTable:
    """The runs in ``database``. Every method raises ``StorageError`` when the database fails."""

    def __init__(self, database: SharedDatabase, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def create(self, run: RunRecord) -> bool:
        """Store a new run; False when its id is known already (the same request came twice).

        Raises:
            InputError: the request holds something that looks like a secret, or no JSON values.
        """
        refuse_secrets(run.request)
        place = run.place
        mark = marks(run.owner, place, run.only_me)
        values = (
            *(
                run.id,
                run.kind,
                run.status,
                run.owner,
                place.team,
                place.channel,
                place.kind,
                place.thread_ts,
            ),
            *(
                run.only_me,
                _to_json(run.request),
                run.created_at,
                run.started_at,
                run.finished_at,
                run.error_ref,
            ),
            *mark.values(),
        )
        with self._database.write() as connection:
            cursor = connection.execute(
                f"INSERT INTO runs ({_COLUMNS}, {', '.join(mark)}) VALUES ({_marks(values)})"
                " ON CONFLICT (id) DO NOTHING",
                values,
            )
            if cursor.rowcount == 0:
                return False
            connection.executemany(
                "INSERT INTO run_messages (run_id, name, ts) VALUES (?, ?, ?)",
                [(run.id, name, ts) for name, ts in run.message_ts.items()],
            )
        return True

    def get(self, run_id: str) -> RunRecord:
        """Return the run.

        Raises:
            InputError: there is no such run.
        """
        found = self._select("WHERE id = ?", (run_id,))
        if not found:
            raise _no_run(run_id)
        return found[0]

    def set_status(
        self, run_id: str, status: RunStatus, *, error_ref: str | None = None, at: float | None = None
    ) -> None:
        """Move the run to ``status`` and note when: its first start is kept, its end is the last one.

        Raises:
            InputError: there is no such run.
        """
        now = self._clock() if at is None else at
        changes: dict[str, Any] = {"status": status, "error_ref": error_ref}
        changes["finished_at"] = now if status in ENDED else None
        started = ", started_at = coalesce(started_at, ?)" if status == "running" else ""
        self._update(
            run_id,
            ", ".join(f"{name} = ?" for name in changes) + started,
            [*changes.values(), *([now] if started else [])],
        )

    def set_thread(self, run_id: str, thread_ts: str) -> None:
        """Note the thread that belongs to the run.

        Raises:
            InputError: there is no such run.
        """
        self._update(run_id, "thread_ts = ?", [thread_ts])

    def set_request(self, run_id: str, request: Mapping[str, Any]) -> None:
        """Replace what was asked: a run that had ended goes on with more than before.

        Raises:
            InputError: there is no such run, or the request holds what ``create`` refuses.
        """
        refuse_secrets(request)
        self._update(run_id, "request = ?", [_to_json(request)])

    def set_message(self, run_id: str, name: str, ts: str) -> None:
        """Note the timestamp of the message ``name`` (``parent``, ``progress`` …), replacing an older one.

        Raises:
            InputError: there is no such run.
        """
        try:
            with self._database.write() as connection:
                connection.execute(
                    "INSERT INTO run_messages (run_id, name, ts) VALUES (?, ?, ?)"
                    " ON CONFLICT (run_id, name) DO UPDATE SET ts = excluded.ts",
                    (run_id, name, ts),
                )
        except sqlite3.IntegrityError as error:
            raise _no_run(run_id) from error

    def unfinished(self) -> list[RunRecord]:
        """Return the runs that are queued or running, oldest first: those to take up after a restart."""
        return self._select("WHERE status IN ('queued', 'running') ORDER BY created_at, id")

    def recent(
        self, viewer: Viewer, limit: int = 20, *, owner: str = "", statuses: Sequence[RunStatus] = ()
    ) -> list[RunRecord]:
        """Return the newest runs that ``viewer`` may see, newest first.

        ``owner`` narrows them to one person's, ``statuses`` to those that stand so.
        """
        condition, values = sql_condition(viewer, "runs")
        if owner:
            condition, values = f"{condition} AND owner = ?", [*values, owner]
        if statuses:
            places = ", ".join("?" * len(statuses))
            condition, values = f"{condition} AND status IN ({places})", [*values, *statuses]
        return self._select(f"WHERE {condition} ORDER BY created_at DESC, id LIMIT ?", [*values, limit])

    def in_thread(self, team: str, channel: str, thread_ts: str) -> list[RunRecord]:
        """Return the runs whose thread this is or was, newest first: one thread may hold several."""
        return self._select(
            "WHERE team = ? AND ((channel = ? AND thread_ts = ?) OR id IN"
            " (SELECT run_id FROM run_messages WHERE name = ? AND ts = ?)) ORDER BY created_at DESC, id",
            (team, channel, thread_ts, MOVED, f"{channel}/{thread_ts}"),
        )

    def posted_as(self, team: str, channel: str, ts: str, names: Sequence[str]) -> list[RunRecord]:
        """Return the runs that have this message under one of these ``names``, or as their thread's new start."""
        found = self._select(
            f"WHERE team = ? AND id IN (SELECT run_id FROM run_messages WHERE name = ? AND ts = ?"
            f" OR name IN ({_marks(names)}) AND ts = ?) ORDER BY created_at DESC, id",
            (team, MOVED, f"{channel}/{ts}", *names, ts),
        )
        return [run for run in found if channel in (run.place.channel, run.here.channel)]

    def append_event(self, run_id: str, seq: int, event: Event) -> bool:
        """Store the run's durable event number ``seq`` (from 0); False when it is there already.

        A resumed run emits its events again from the start, so the first one stored stays.

        Raises:
            InputError: there is no such run.
            ValueError: the event is transient.
        """
        if not is_durable(event):
            raise ValueError(f"{event.kind} is transient and has no place in the history")
        body = _to_json(event_to_dict(event))
        try:
            with self._database.write() as connection:
                cursor = connection.execute(
                    "INSERT INTO events (run_id, seq, kind, body, at) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (run_id, seq) DO NOTHING",
                    (run_id, seq, event.kind, body, self._clock()),
                )
        except sqlite3.IntegrityError as error:
            raise _no_run(run_id) from error
        if cursor.rowcount == 1:
            return True
        stored = self._database.rows("SELECT body FROM events WHERE run_id = ? AND seq = ?", (run_id, seq))
        if stored[0][0] != body:
            logger.warning(
                "run %s: event %d (%s) differs from the one stored before", run_id, seq, event.kind
            )
        return False

    def events(self, run_id: str) -> list[Event]:
        """Return the run's history in order; empty for an unknown run."""
        rows = self._database.rows("SELECT body FROM events WHERE run_id = ? ORDER BY seq", (run_id,))
        return [event_from_dict(json.loads(body)) for (body,) in rows]

    def events_after(self, run_id: str, seq: int) -> list[tuple[int, Event]]:
        """Return the run's events later than number ``seq``, with their numbers, in order."""
        rows = self._database.rows(
            "SELECT seq, body FROM events WHERE run_id = ? AND seq > ? ORDER BY seq", (run_id, seq)
        )
        return [(number, event_from_dict(json.loads(body))) for number, body in rows]

    def forget_events(self, run_id: str) -> None:
        """Delete the run's history: an ended run that goes on tells its whole story anew."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM events WHERE run_id = ?", (run_id,))

    def save_file(self, run_id: str, name: str, data: bytes) -> None:
        """Keep an input file of the run, so that it can go on after a restart; replaces one of that name.

        Raises:
            InputError: there is no such run.
        """
        try:
            with self._database.write() as connection:
                connection.execute(
                    "INSERT INTO run_files (run_id, name, data) VALUES (?, ?, ?)"
                    " ON CONFLICT (run_id, name) DO UPDATE SET data = excluded.data",
                    (run_id, name, data),
                )
        except sqlite3.IntegrityError as error:
            raise _no_run(run_id) from error

    def read_file(self, run_id: str, name: str) -> bytes:
        """Return an input file of the run.

        Raises:
            InputError: the run has no such file.
        """
        rows = self._database.rows("SELECT data FROM run_files WHERE run_id = ? AND name = ?", (run_id, name))
        if not rows:
            raise InputError(f"Run {run_id} has no file {name!r}.", "Start a new run with the file attached.")
        return bytes(rows[0][0])

    def file_names(self, run_id: str) -> tuple[str, ...]:
        """Return the names of the run's input files in the order in which they were saved."""
        rows = self._database.rows("SELECT name FROM run_files WHERE run_id = ? ORDER BY rowid", (run_id,))
        return tuple(name for (name,) in rows)

    def _update(self, run_id: str, assignments: str, values: Sequence[Any]) -> None:
        with self._database.write() as connection:
            cursor = connection.execute(f"UPDATE runs SET {assignments} WHERE id = ?", (*values, run_id))
            if cursor.rowcount == 0:
                raise _no_run(run_id)

    def _select(self, rest: str, values: Sequence[Any] = ()) -> list[RunRecord]:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM runs {rest}", values)
        return [self._record(row) for row in rows]

    def _record(self, row: tuple[Any, ...]) -> RunRecord:
        run_id, kind, status, owner, team, channel, place_kind, thread_ts, only_me, request, *times = row
        created_at, started_at, finished_at, error_ref = times
        messages = self._database.rows("SELECT name, ts FROM run_messages WHERE run_id = ?", (run_id,))
        return RunRecord(
            id=run_id,
            kind=kind,
            status=status,
            owner=owner,
            place=Place(team, channel, place_kind, thread_ts),
            request=json.loads(request),
            created_at=created_at,
            started_at=started_at,
            finished_at=finished_at,
            error_ref=error_ref,
            message_ts=dict(messages),
            only_me=bool(only_me),
        )


def _to_json(value: Mapping[str, Any]) -> str:
    """Return ASCII JSON: every Python string survives it, lone surrogates included."""
    try:
        return json.dumps(value)
    except TypeError as error:
        raise InputError("The request holds something that is not a plain JSON value.") from error


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _no_run(run_id: str) -> InputError:
    return InputError(f"There is no run {run_id!r}.", "Check the id.")
