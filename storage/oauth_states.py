"""The state parameters of installations under way: each is good once, for ten minutes."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from storage.database import Database

STATE_SECONDS = 600.0


class OAuthStateTable:
    """Kept as digests, so that who reads the database cannot use them. Methods raise ``StorageError``."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def issue(self) -> str:
        """Return a new state that nobody can guess."""
        state = secrets.token_urlsafe(32)
        now = self._clock()
        with self._database.write() as connection:
            connection.execute("DELETE FROM slack_states WHERE expires_at < ?", (now,))
            connection.execute(
                "INSERT INTO slack_states VALUES (?, ?)", (_digest(state), now + STATE_SECONDS)
            )
        return state

    def consume(self, state: str) -> bool:
        """Use a state up; False when it is unknown, used already or too old."""
        with self._database.write() as connection:
            cursor = connection.execute(
                "DELETE FROM slack_states WHERE digest = ? AND expires_at >= ?",
                (_digest(state), self._clock()),
            )
        return cursor.rowcount == 1


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
