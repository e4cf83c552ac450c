"""Bringing a database file to this version's schema, whoever else does so at the same moment."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database as Tables

from storage.database import Database
from storage.errors import StorageError, storage_error
from storage.file_lock import held
from storage.migrations import migrations


def migrate(database: Database) -> list[str]:
    """Bring the file to this version's schema and return the names of the steps that were applied.

    Processes that start together wait for each other. All pending steps succeed or none does.

    Raises:
        StorageError: the file was written by a newer version, is damaged, or cannot be written.
    """
    try:
        with held(database.path.with_suffix(".migrating")):
            return _apply_pending(database)
    except OSError as error:
        raise StorageError(
            f"The folder {database.path.parent} cannot be written to.",
            "Check its owner and permissions, or choose another one with PROMPTBEAM_DATA.",
        ) from error


def _apply_pending(database: Database) -> list[str]:
    try:
        refuse_newer(database.connection())
        tables = Tables(database.connection())
        names = [step.name for step in migrations.pending(tables)]
        if names:
            with database.write():
                migrations.apply(tables)
    except sqlite3.Error as error:
        raise storage_error(error, database.path) from error
    return names


def refuse_newer(connection: sqlite3.Connection) -> None:
    """Raise ``StorageError`` when the database has steps that this version does not know."""
    tables = Tables(connection)
    known = {step.name for step in migrations._migrations}
    unknown = [step.name for step in migrations.applied(tables) if step.name not in known]
    if unknown:
        raise StorageError(
            f"The database was written by a newer version of Promptbeam (step {unknown[-1]}).",
            "Update Promptbeam, or point PROMPTBEAM_DATA at another folder.",
        )
