"""What can go wrong with the files of the store, each with the way out."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from optimizer.errors import PromptbeamError


class StorageError(PromptbeamError):
    """The store cannot do what was asked; nothing was half written."""

    for_operator = True


class DiskFull(StorageError):
    """The disk (or the file size limit) has no room for the next write."""


class StoreLocked(StorageError):
    """Another process held the database longer than we were willing to wait."""


class StoreDamaged(StorageError):
    """The file is not a SQLite database, or not a whole one any more."""


def storage_error(error: sqlite3.Error, path: Path) -> StorageError:
    """Say in plain words what SQLite's ``error`` means for the database at ``path``."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary == sqlite3.SQLITE_FULL:
        return DiskFull(
            f"There is no room left on the disk that holds {path.name}.",
            f"Free some space below {path.parent} and try again; what was saved before is safe.",
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(
            f"Another process keeps {path.name} locked.",
            "Close programs that have the database open (a backup, a database browser) and try again.",
        )
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreDamaged(
            f"{path.name} is damaged or is not a Promptbeam database.",
            f"Put a backup in the place of {path}, or move the file away to start afresh.",
        )
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StorageError(
            f"{path} cannot be opened for writing.",
            "Check the folder's owner and permissions, or choose another folder with PROMPTBEAM_DATA.",
        )
    if primary == sqlite3.SQLITE_IOERR:
        return StorageError(
            f"The disk failed while {path.name} was read or written.",
            "Check the disk and the mount, then try again.",
        )
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return StorageError(f"The database {path.name} refused a step ({name}).", "The log has the details.")
