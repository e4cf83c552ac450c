"""Whether what a run left is for its owner alone: changed later, for every way of finding it."""

from __future__ import annotations

from storage.database import Database
from storage.vectors import move_vectors
from storage.visibility import Place, marks


class PrivacyTable:
    """Every method raises ``StorageError`` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, run_id: str, *, only_me: bool) -> bool:
        """Keep what a run left (itself, its prompts, what it learned) for its owner, or show it to those of its place.

        Returns whether anything changed. A kept prompt may have outlived its run. Vectors move to new positions,
        by which every open index learns of it. Whoever calls has checked that this may be done.
        """
        changed = 0
        with self._database.write() as connection:
            for table in ("runs", "prompts", "lessons"):
                column = "id" if table == "runs" else "run_id"
                kept = connection.execute(
                    f"SELECT DISTINCT owner, team, channel, place_kind FROM {table}"
                    f" WHERE {column} = ? AND only_me <> ?",
                    (run_id, only_me),
                ).fetchall()
                if table == "prompts" and kept:
                    rows = connection.execute(
                        "SELECT number FROM prompts WHERE run_id = ? AND only_me <> ?", (run_id, only_me)
                    )
                    move_vectors(connection, [number for (number,) in rows.fetchall()])
                for owner, team, channel, kind in kept:
                    audience = marks(owner, Place(team, channel, kind), only_me)["audience"]
                    changed += connection.execute(
                        f"UPDATE {table} SET only_me = ?, audience = ? WHERE {column} = ? AND only_me <> ?"
                        " AND owner = ? AND team = ? AND channel = ? AND place_kind = ?",
                        (only_me, audience, run_id, only_me, owner, team, channel, kind),
                    ).rowcount
        return changed > 0
