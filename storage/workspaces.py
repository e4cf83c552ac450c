"""The workspaces that installed the bot: their tokens, and those that left and what is still to be purged.

A workspace is known by its team id, an organisation that installed the bot for all of its workspaces by
its enterprise id. Both are called the key of an installation.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from storage.database import Database
from storage.errors import storage_error

Reason = Literal["uninstalled", "revoked"]
_COLUMNS = (
    "key, team, team_name, enterprise, enterprise_name, org_wide, app, bot, bot_user, bot_name, scopes, installer,"
    " token, refresh_token, expires_at, installed_at"
)
_TO_PURGE = "purged_at IS NULL AND purge_at <= ?"


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation. Times are seconds since 1970; tokens never appear in its text form.

    ``expires_at`` is None for a token that does not expire. ``token`` is empty in a restored backup, which
    holds no tokens: such a workspace has to install the bot again.
    """

    key: str
    team: str
    team_name: str
    enterprise: str
    enterprise_name: str
    org_wide: bool
    app: str
    bot: str
    bot_user: str
    bot_name: str
    scopes: str
    installer: str
    token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float | None
    installed_at: float

    @property
    def name(self) -> str:
        """What people call it."""
        return (self.enterprise_name if self.org_wide else self.team_name) or self.key


@dataclass(frozen=True, slots=True)
class Departure:
    """An installation that ended, and the workspaces that it served. Times are seconds since 1970.

    What these workspaces had until ``gone_at`` is deleted once ``purge_at`` has come.
    """

    key: str
    reason: Reason
    gone_at: float
    purge_at: float
    purged_at: float | None = None
    teams: tuple[str, ...] = ()


class WorkspaceTable:
    """Every method raises ``StorageError`` when the database fails. Old tokens are overwritten in the file."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def save(self, installation: Installation) -> None:
        """Store an installation in place of an earlier one.

        A departure by revoked tokens is taken back by it; after an uninstall, what was there before is
        purged all the same.
        """
        values = (
            *(installation.key, installation.team, installation.team_name, installation.enterprise),
            *(installation.enterprise_name, installation.org_wide, installation.app, installation.bot),
            *(installation.bot_user, installation.bot_name, installation.scopes, installation.installer),
            *(installation.token, installation.refresh_token, installation.expires_at),
            installation.installed_at,
        )
        with self._safely() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO slack_installations ({_COLUMNS})"
                f" VALUES ({', '.join('?' * len(values))})",
                values,
            )
            connection.execute(
                "DELETE FROM slack_departures WHERE key = ? AND reason = 'revoked' AND purged_at IS NULL",
                (installation.key,),
            )

    def renewed(
        self, key: str, before: str, token: str, refresh_token: str, expires_at: float | None
    ) -> None:
        """Put a new token in the place of ``before``; nothing happens when another one is there by now."""
        with self._safely() as connection:
            connection.execute(
                "UPDATE slack_installations SET token = ?, refresh_token = ?, expires_at = ?"
                " WHERE key = ? AND token = ?",
                (token, refresh_token, expires_at, key, before),
            )

    def get(self, key: str) -> Installation | None:
        """Return the installation under a key."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM slack_installations WHERE key = ?", (key,))
        return _installation(rows[0]) if rows else None

    def of_team(self, team: str) -> Installation | None:
        """Return what serves a workspace: its own installation, else that of its organisation."""
        own = self.get(team)
        if own is not None:
            return own
        rows = self._database.rows("SELECT enterprise FROM slack_teams WHERE team = ?", (team,))
        return self.get(rows[0][0]) if rows else None

    def all(self) -> list[Installation]:
        """Return all installations, the oldest first."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM slack_installations ORDER BY installed_at, key")
        return [_installation(row) for row in rows]

    def belongs(self, team: str, enterprise: str) -> None:
        """Note that a workspace is served by its organisation's installation."""
        known = self._database.rows("SELECT enterprise FROM slack_teams WHERE team = ?", (team,))
        if known == [(enterprise,)]:
            return
        with self._database.write() as connection:
            connection.execute("INSERT OR REPLACE INTO slack_teams VALUES (?, ?)", (team, enterprise))

    def leave(self, key: str, reason: Reason, at: float, purge_at: float) -> bool:
        """End the installation of before ``at``: its tokens go now, what it has is purged after ``purge_at``.

        One workspace of an organisation leaves by its own team id. False when there is nothing to end, or
        only an installation that is newer than ``at``: the news came late.
        """
        with self._safely(clear_log=True) as connection:
            installed = connection.execute(
                "SELECT installed_at FROM slack_installations WHERE key = ?", (key,)
            ).fetchone()
            teams = [
                team
                for (team,) in connection.execute(
                    "SELECT team FROM slack_teams WHERE enterprise = ? OR team = ?", (key, key)
                )
            ]
            if installed is not None and installed[0] > at:
                return False
            if installed is None and not teams and not self._revoked(connection, key):
                return False
            if installed is not None and not teams:
                teams = [key]
            connection.execute("DELETE FROM slack_installations WHERE key = ?", (key,))
            connection.execute("DELETE FROM slack_teams WHERE enterprise = ? OR team = ?", (key, key))
            _note_departure(connection, Departure(key, reason, at, purge_at), teams)
        return True

    def due(self) -> list[Departure]:
        """Return the departures whose workspaces are to be purged now."""
        return self._departures(_TO_PURGE, (self._clock(),))

    def departures(self) -> list[Departure]:
        """Return all departures, the newest first; those that are purged say when."""
        return self._departures("1", ())

    def purge_now(self, key: str) -> bool:
        """Let a departure's purge come now; False when there is none that waits."""
        with self._database.write() as connection:
            cursor = connection.execute(
                "UPDATE slack_departures SET purge_at = ? WHERE key = ? AND purged_at IS NULL",
                (self._clock(), key),
            )
        return cursor.rowcount > 0

    def purged(self, departure: Departure) -> None:
        """Note that nothing is left of a departure's workspaces but their ids and when they left."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE slack_departures SET purged_at = ? WHERE key = ? AND gone_at = ?",
                (self._clock(), departure.key, departure.gone_at),
            )

    def _departures(self, where: str, values: tuple[float, ...]) -> list[Departure]:
        rows = self._database.rows(
            "SELECT key, reason, gone_at, purge_at, purged_at, teams FROM slack_departures"
            f" WHERE {where} ORDER BY gone_at DESC, key",
            values,
        )
        return [
            Departure(key, reason, gone_at, due_at, purged_at, tuple(teams.split()))
            for key, reason, gone_at, due_at, purged_at, teams in rows
        ]

    def _revoked(self, connection: sqlite3.Connection, key: str) -> bool:
        """Whether the tokens went first: the uninstall that Slack tells next makes the purge come earlier."""
        found = connection.execute(
            "SELECT 1 FROM slack_departures WHERE key = ? AND reason = 'revoked' AND purged_at IS NULL",
            (key,),
        )
        return found.fetchone() is not None

    @contextmanager
    def _safely(self, *, clear_log: bool = False) -> Iterator[sqlite3.Connection]:
        """Give a transaction in which deleted content is overwritten.

        ``clear_log`` empties SQLite's log file after it, which may have to wait for readers.
        """
        connection = self._database.connection()
        try:
            connection.execute("PRAGMA secure_delete = ON")
            with self._database.write():
                yield connection
            if clear_log:
                connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        except sqlite3.Error as error:
            raise storage_error(error, self._database.path) from error


def _note_departure(connection: sqlite3.Connection, departure: Departure, teams: list[str]) -> None:
    """Add a departure, or make one of the same installation, which waits, come earlier."""
    waiting = connection.execute(
        "SELECT gone_at, purge_at, teams FROM slack_departures WHERE key = ? AND purged_at IS NULL",
        (departure.key,),
    ).fetchone()
    if waiting is not None:
        connection.execute(
            "UPDATE slack_departures SET reason = ?, gone_at = ?, purge_at = ?, teams = ?"
            " WHERE key = ? AND purged_at IS NULL",
            (
                departure.reason,
                max(waiting[0], departure.gone_at),
                min(waiting[1], departure.purge_at),
                " ".join(sorted({*teams, *waiting[2].split()})),
                departure.key,
            ),
        )
        return
    connection.execute(
        "INSERT OR REPLACE INTO slack_departures (key, reason, gone_at, purge_at, purged_at, teams)"
        " VALUES (?, ?, ?, ?, NULL, ?)",
        (departure.key, departure.reason, departure.gone_at, departure.purge_at, " ".join(sorted(teams))),
    )


def _installation(row: tuple[object, ...]) -> Installation:
    values = list(row)
    values[5] = bool(values[5])
    return Installation(*values)  # type: ignore[arg-type]
