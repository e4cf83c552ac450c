"""Files that the bot uploaded to Slack: whose run they belong to, and which are to be deleted there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from storage.database import Database


class UploadTable:
    """Slack's file ids by run. Every method raises ``StorageError`` when the database fails."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def note(self, run_id: str, files: Mapping[str, str], team: str = "") -> None:
        """Remember files (Slack's id -> name) that were uploaded to the workspace ``team``.

        Those of a run that is gone are to be deleted.
        """
        now = self._clock()
        with self._database.write() as connection:
            connection.executemany(
                "INSERT INTO uploads (file_id, run_id, team, name, at, doomed_at) VALUES (?, ?, ?, ?, ?,"
                " CASE WHEN EXISTS (SELECT 1 FROM runs WHERE id = ?) THEN NULL ELSE ? END)"
                " ON CONFLICT (file_id) DO NOTHING",
                [(file_id, run_id, team, name, now, run_id, now) for file_id, name in files.items()],
            )

    def of_run(self, run_id: str) -> dict[str, str]:
        """Return the files (id -> name) that were uploaded for a run, in the order of their upload."""
        return dict(
            self._database.rows(
                "SELECT file_id, name FROM uploads WHERE run_id = ? ORDER BY at, rowid", (run_id,)
            )
        )

    def doomed(self) -> list[str]:
        """Return the ids of the files that still have to be deleted at Slack, oldest first."""
        return [file_id for file_id, _ in self.doomed_with_team()]

    def doomed_with_team(self) -> list[tuple[str, str]]:
        """Return these ids with the workspace that each file is in, empty where it is not known."""
        sql = "SELECT file_id, team FROM uploads WHERE doomed_at NOT NULL ORDER BY doomed_at, rowid"
        return [(file_id, team) for file_id, team in self._database.rows(sql)]

    def forget(self, file_id: str) -> None:
        """Note that the file is gone at Slack."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM uploads WHERE file_id = ?", (file_id,))
