"""Bringing a backup back, with what was there before kept beside it."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from optimizer.errors import InputError
from storage.backup import BackupFile, back_up, bring_back, read_backup
from storage.database import Database
from storage.errors import DiskFull, StorageError, StoreDamaged
from storage.migrating import migrate

DATABASE_FILE = "promptbeam.sqlite"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and the file with what was there before (None when there was nothing)."""

    backup: BackupFile
    kept: Path | None


def restore(backup: Path, folder: Path, *, force: bool = False) -> Restored:
    """Make the store in ``folder`` what it was when ``backup`` was written, brought to this version's schema.

    With ``force`` a store that is there is replaced, in one transaction, so that processes that use it
    go on with the new state; it is kept in a file beside. Which workspaces have installed the bot, and
    their tokens, stay as they are now (a backup holds no tokens), and what the backup brings back of
    workspaces that left is purged again. The search index belongs to the old state
    and is built anew by whoever opens it next.

    Raises:
        InputError: there is no such backup; or there is a store already, and no ``force``.
        StorageError: the backup is damaged or too new, the disk is full, the store is locked; what was
            there is as it was.
    """
    found = read_backup(backup)
    target = folder / DATABASE_FILE
    if target.exists() and not force:
        raise InputError(
            f"{folder} holds a database already.",
            "Use --force to replace it (it is kept beside), or set PROMPTBEAM_DATA to another folder.",
        )
    draft = folder / f".restore-{secrets.token_hex(4)}.sqlite"
    try:
        _prepare(backup, draft)
        return Restored(found, _put_in_place(draft, target))
    finally:
        for leftover in folder.glob(f"{draft.stem}*"):
            leftover.unlink()


def _prepare(backup: Path, draft: Path) -> None:
    """Copy the backup, bring the copy to this version's schema and give it an identity of its own."""
    try:
        draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(backup, draft)
        draft.chmod(0o600)
    except OSError as error:
        raise DiskFull(
            f"The backup could not be copied into {draft.parent}.", "Free some space, check permissions."
        ) from error
    database = Database(draft)
    try:
        migrate(database)
        with database.write() as connection:
            connection.execute("UPDATE store_identity SET name = lower(hex(randomblob(8)))")
        database.connection().execute("PRAGMA journal_mode = DELETE")
    finally:
        database.close()


def _put_in_place(draft: Path, target: Path) -> Path | None:
    if not target.exists():
        draft.replace(target)
        return None
    kept = target.with_name(time.strftime("before-restore-%Y%m%d-%H%M%S.sqlite", time.gmtime()))
    database = Database(target, busy_seconds=5.0)
    try:
        back_up(database, kept)
        _carry_over(database, draft)
        bring_back(draft, database)
    except StoreDamaged:
        database.close()
        _move_aside(target, kept)
        draft.replace(target)
    finally:
        database.close()
    return kept


def _carry_over(database: Database, draft: Path) -> None:
    """Give the draft the installations and departures of now; who left must be purged once more."""
    if not database.rows("SELECT 1 FROM sqlite_master WHERE name = 'slack_installations'"):
        return
    with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        copy.execute("BEGIN")
        for table in ("slack_installations", "slack_teams", "slack_departures"):
            rows = database.rows(f"SELECT * FROM {table}")
            copy.execute(f"DELETE FROM {table}")
            for row in rows:
                copy.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        copy.execute("UPDATE slack_departures SET purged_at = NULL")
        copy.execute("COMMIT")


def _move_aside(target: Path, kept: Path) -> None:
    try:
        for ending in ("", "-wal", "-shm"):
            part = target.with_name(target.name + ending)
            if part.exists():
                part.replace(kept.with_name(kept.name + ending))
    except OSError as error:
        raise StorageError(f"{target} cannot be moved aside.", "Check the folder's permissions.") from error
