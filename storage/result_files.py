"""Result files that a run wrote into somebody's folder, so that deleting the run can reach them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

from storage.database import Database

logger = logging.getLogger(__name__)


class ResultFiles:
    """Paths with a digest of what was written: a file that somebody changed since is theirs, and stays."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, run_id: str, paths: Iterable[Path]) -> None:
        """Remember files as they are now; a path that another run wrote before is this run's from here on."""
        values = [(str(path.resolve()), run_id, _digest(path)) for path in paths]
        with self._database.write() as connection:
            connection.executemany(
                "INSERT INTO result_files (path, run_id, digest) VALUES (?, ?, ?)"
                " ON CONFLICT (path) DO UPDATE SET run_id = excluded.run_id, digest = excluded.digest",
                values,
            )

    def sweep(self) -> int:
        """Delete the files of runs that are gone, and return how many; safe to repeat after a crash."""
        rows = self._database.rows(
            "SELECT path, digest FROM result_files WHERE run_id NOT IN (SELECT id FROM runs)"
        )
        deleted = 0
        for name, digest in rows:
            path = Path(name)
            try:
                if path.is_file() and not path.is_symlink() and _digest(path) == digest:
                    path.unlink()
                    deleted += 1
            except OSError:
                logger.warning("a result file could not be deleted: %s", path, exc_info=True)
                continue
            with self._database.write() as connection:
                connection.execute("DELETE FROM result_files WHERE path = ?", (name,))
        return deleted


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
