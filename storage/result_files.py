"""Result files that a run wrote into somebody's folder or to an address, so that deleting the run can reach them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from storage.database import Database

logger = logging.getLogger(__name__)


class ResultFiles:
    """Paths with a digest of what was written: a file that somebody changed since is theirs, and stays.

    Files at addresses (``s3://…``) are deleted by who can reach them, before their run is; see
    ``storage.deletion.Outside``.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, run_id: str, paths: Iterable[Path]) -> None:
        """Remember files as they are now; a path that another run wrote before is this run's from here on."""
        self.note_digests(run_id, {str(path.resolve()): digest_of(path) for path in paths})

    def note_digests(self, run_id: str, files: Mapping[str, str]) -> None:
        """Remember files by their paths or addresses, each with its SHA-256; see ``note``."""
        values = [(name, run_id, digest) for name, digest in files.items()]
        with self._database.write() as connection:
            connection.executemany(
                "INSERT INTO result_files (path, run_id, digest) VALUES (?, ?, ?)"
                " ON CONFLICT (path) DO UPDATE SET run_id = excluded.run_id, digest = excluded.digest",
                values,
            )

    def at_addresses(self, run_id: str) -> dict[str, str]:
        """Return the addresses of files that the run wrote elsewhere, each with its digest."""
        rows = self._database.rows("SELECT path, digest FROM result_files WHERE run_id = ?", (run_id,))
        return {name: digest for name, digest in rows if "://" in name}

    def sweep(self) -> int:
        """Delete the files of runs that are gone, and return how many; safe to repeat after a crash."""
        rows = self._database.rows(
            "SELECT path, digest FROM result_files WHERE run_id NOT IN (SELECT id FROM runs)"
        )
        deleted = 0
        for name, digest in rows:
            path = Path(name)
            try:
                here = "://" not in name and path.is_file() and not path.is_symlink()
                if here and digest_of(path) == digest:
                    path.unlink()
                    deleted += 1
            except OSError:
                logger.warning("a result file could not be deleted: %s", path, exc_info=True)
                continue
            with self._database.write() as connection:
                connection.execute("DELETE FROM result_files WHERE path = ?", (name,))
        return deleted


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file on this machine as hexadecimal digits."""
    with path.open("rb") as content:  # evolved data may be larger than memory
        return hashlib.file_digest(content, "sha256").hexdigest()
