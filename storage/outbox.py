"""Which posts are on their way and which have arrived, so that a crash in between makes none of them twice."""

from __future__ import annotations

from dataclasses import dataclass

from storage.shared_database import SharedDatabase


@dataclass(frozen=True, slots=True)
class PostState:
    """A post by its key. ``ts`` is what Slack gave it, empty while that is not known.

    ``doubtful_since`` is the time (seconds since 1970) of an attempt whose end nobody has seen.
    """

    ts: str = ""
    doubtful_since: float | None = None


class OutboxTable:
    """Keys are ``<run id>/<name of the message>``. Every method raises ``StorageError`` when the database fails."""

    def __init__(self, database: SharedDatabase) -> None:
        self._database = database

    def begin(self, key: str) -> PostState:
        """Note that the post is about to be sent, and return what was known of it before."""
        now = self._database.now()
        with self._database.write() as connection:
            new = connection.execute(
                "INSERT INTO outbox (key, run_id, at, ts) VALUES (?, ?, ?, '') ON CONFLICT (key) DO NOTHING",
                (key, key.partition("/")[0], now),
            )
        if new.rowcount == 1:
            return PostState()
        rows = self._database.rows("SELECT at, ts FROM outbox WHERE key = ?", (key,))
        if not rows:
            return self.begin(key)
        at, ts = rows[0]
        return PostState(ts) if ts else PostState(doubtful_since=at)

    def arrived(self, key: str, ts: str) -> None:
        """Note what Slack called the post."""
        with self._database.write() as connection:
            connection.execute("UPDATE outbox SET ts = ? WHERE key = ?", (ts, key))

    def forget(self, key: str) -> None:
        """The post was refused, or is to be made anew: nothing is known of it any more."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM outbox WHERE key = ?", (key,))
