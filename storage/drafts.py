"""Requests that are not complete yet: what a person gave so far, until they start it or let it be."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from storage.database import Database
from storage.secrets import refuse_secrets

KEPT_SECONDS = 7 * 86_400.0
DraftState = Literal["open", "started", "cancelled"]
_COLUMNS = "id, kind, owner, team, channel, thread_ts, state, body, message_ts, at"


@dataclass(frozen=True, slots=True)
class Draft:
    """What ``owner`` gave so far for a run of ``kind``; ``body`` holds plain JSON values.

    ``message_ts`` is the message that shows the draft, empty while there is none.
    """

    id: str
    kind: str
    owner: str
    team: str
    channel: str
    thread_ts: str
    body: Mapping[str, Any]
    state: DraftState = "open"
    message_ts: str = ""


class DraftTable:
    """Drafts are forgotten after a week. Methods raise ``StorageError`` when the database fails."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def put(self, draft: Draft) -> bool:
        """Store a draft, in place of an open one of the same id; False when that one was settled meanwhile.

        Where it is shown is not changed: see ``shown_as``.

        Raises:
            InputError: its body holds something that looks like a secret.
        """
        return self._put(draft, "open")

    def put_anew(self, draft: Draft) -> bool:
        """Store a draft unless one of the same id is open; one that was settled begins anew.

        Raises:
            InputError: its body holds something that looks like a secret.
        """
        return self._put(draft, "settled")

    def _put(self, draft: Draft, over: Literal["open", "settled"]) -> bool:
        refuse_secrets(draft.body)
        anew = over == "settled"
        condition = "drafts.state <> 'open'" if anew else "drafts.state = 'open'"
        shown = ", message_ts = excluded.message_ts" if anew else ""
        now = self._clock()
        values = (
            *(draft.id, draft.kind, draft.owner, draft.team, draft.channel, draft.thread_ts, draft.state),
            *(json.dumps(draft.body), draft.message_ts, now),
        )
        with self._database.write() as connection:
            connection.execute("DELETE FROM drafts WHERE at < ?", (now - KEPT_SECONDS,))
            stored = connection.execute(
                f"INSERT INTO drafts ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})"
                " ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body, at = excluded.at,"
                f" channel = excluded.channel, thread_ts = excluded.thread_ts{shown} WHERE {condition}",
                values,
            )
        return stored.rowcount == 1

    def shown_as(self, draft_id: str, message_ts: str) -> None:
        """Note the message that shows a draft, whatever became of the draft meanwhile."""
        with self._database.write() as connection:
            connection.execute("UPDATE drafts SET message_ts = ? WHERE id = ?", (message_ts, draft_id))

    def get(self, draft_id: str, team: str) -> Draft | None:
        """Return the draft of this workspace; None when there is none (any more)."""
        return self._one("id = ? AND team = ?", (draft_id, team))

    def open_in(self, team: str, channel: str, thread_ts: str) -> Draft | None:
        """Return the newest draft that waits in a thread."""
        where = "team = ? AND channel = ? AND thread_ts = ? AND state = 'open' ORDER BY at DESC"
        return self._one(where, (team, channel, thread_ts))

    def settle(self, draft_id: str, state: DraftState) -> bool:
        """Move an open draft to its end; False when somebody was faster."""
        with self._database.write() as connection:
            cursor = connection.execute(
                "UPDATE drafts SET state = ? WHERE id = ? AND state = 'open'", (state, draft_id)
            )
        return cursor.rowcount == 1

    def _one(self, where: str, values: tuple[str, ...]) -> Draft | None:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM drafts WHERE {where} LIMIT 1", values)
        for draft_id, kind, owner, team, channel, thread_ts, state, body, message_ts, _ in rows:
            return Draft(draft_id, kind, owner, team, channel, thread_ts, json.loads(body), state, message_ts)
        return None
