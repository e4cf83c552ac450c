"""Copies of the database that are whole while others write, and bringing one back."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from optimizer.errors import InputError
from storage.database import Database
from storage.errors import StorageError, StoreDamaged, StoreLocked, storage_error

_PATIENCE = 20.0
"""Seconds to wait for other processes' writes before a restore is given up."""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A finished copy: where it is, its size in bytes, and how many runs and prompts it holds."""

    path: Path
    size: int
    runs: int
    prompts: int


def back_up(database: Database, target: Path) -> BackupFile:
    """Copy the database to the file ``target``, or into the folder ``target`` under a name with the time.

    The copy is one moment's state, checked, in one file; who writes meanwhile need not wait. The search
    index is not copied: it can be made anew. Slack tokens of workspaces that installed the bot are left
    out: only their names are in the copy.

    Raises:
        InputError: there is a file of that name.
        StorageError: the disk is full, the target cannot be written, the database is damaged.
    """
    if target.is_dir() or not target.suffix:
        target = target / time.strftime("promptbeam-%Y%m%d-%H%M%S.sqlite", time.gmtime())
    if target.exists():
        raise InputError(f"{target} is there already.", "Give another name, or a folder.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StorageError(
            f"{target} cannot be written.", "Check the folder's owner and permissions, or give another one."
        ) from error
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
            database.connection().backup(copy)
            _leave_out_tokens(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            counts = _checked(copy, target)
        _sync(draft)
        os.link(draft, target)  # unlike a rename it never takes the place of a file
        return BackupFile(target, target.stat().st_size, *counts)
    except sqlite3.Error as error:
        raise storage_error(error, target) from error
    except FileExistsError as error:
        raise InputError(f"{target} is there already.", "Give another name, or a folder.") from error
    finally:
        for leftover in draft.parent.glob(f"{draft.name}*"):
            leftover.unlink()


def read_backup(path: Path) -> BackupFile:
    """Check that ``path`` is a whole backup of this or an earlier version, and say what it holds.

    Raises:
        InputError: there is no such file.
        StoreDamaged, StorageError: it is no backup, not whole, or of a newer version.
    """
    from storage.migrating import refuse_newer  # heavy, see ``Store``

    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Give a file that promptbeam backup wrote.")
    try:
        with closing(_read_only(path)) as source:
            counts = _checked(source, path)
            refuse_newer(source)
    except sqlite3.Error as error:
        raise storage_error(error, path) from error
    return BackupFile(path, path.stat().st_size, *counts)


def bring_back(backup: Path, database: Database) -> None:
    """Replace all that is in ``database`` by the backup, in one transaction.

    Other processes that have the database open see the old state or the new one, never a mixture.
    The caller has checked the backup and brought its schema up to date.

    Raises:
        StorageError: another process keeps the database locked, the disk is full; nothing was changed.
    """
    until = time.monotonic() + _PATIENCE

    def give_up(status: int, _left: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise StoreLocked(
                f"Another process keeps {database.path.name} locked.", "Stop it, or try again in a moment."
            )

    try:
        with closing(_read_only(backup)) as source:
            source.backup(database.connection(), progress=give_up, sleep=0.05)
    except sqlite3.Error as error:
        raise storage_error(error, database.path) from error


def _leave_out_tokens(copy: sqlite3.Connection) -> None:
    if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'slack_installations'").fetchone() is None:
        return
    copy.execute("PRAGMA secure_delete = ON")
    copy.execute("UPDATE slack_installations SET token = '', refresh_token = '', expires_at = NULL")
    copy.execute("DELETE FROM slack_states")


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _checked(connection: sqlite3.Connection, path: Path) -> tuple[int, int]:
    if connection.execute("PRAGMA quick_check (1)").fetchall() != [("ok",)]:
        raise StoreDamaged(f"{path.name} is damaged.", "Take an older backup.")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"runs", "_sqlite_migrations"} <= tables:
        raise StoreDamaged(
            f"{path.name} is not a Promptbeam database.", "Give a file that promptbeam backup wrote."
        )
    runs = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
    prompts = connection.execute("SELECT count(*) FROM prompts").fetchone()[0] if "prompts" in tables else 0
    return runs, prompts


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
