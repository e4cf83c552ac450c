"""What people told a run to do, stored before it is obeyed, and which round took which words."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal, cast

from optimizer.control import Feedback
from optimizer.errors import InputError
from storage.shared_database import SharedDatabase
from storage.text_values import from_json, to_json

CommandKind = Literal["stop", "pause", "resume", "extend", "feedback"]


@dataclass(frozen=True, slots=True)
class Command:
    """One wish. ``text`` and ``author`` belong to feedback, ``rounds`` to extend; ``number`` is its place."""

    kind: CommandKind
    text: str = ""
    author: str = ""
    rounds: int = 0
    number: int = 0


class CommandTable:
    """The commands of all runs, in the order in which they were given.

    A run that is done again (after a crash, on another machine) must hear the same words in the
    same round, or it would become another run. So ``take_feedback`` notes which take got which
    words before anybody uses them, and gives a repeated take what it got the first time.
    """

    def __init__(self, database: SharedDatabase) -> None:
        self._database = database

    def add(self, run_id: str, command: Command, key: str = "") -> bool:
        """Store a command; False when one with this ``key`` is there already (a delivery came twice).

        Raises:
            InputError: there is no such run.
        """
        values = (
            run_id,
            command.kind,
            to_json(command.text),
            to_json(command.author),
            command.rounds,
            key or None,
            self._database.now(),
        )
        try:
            with self._database.write() as connection:
                stored = connection.execute(
                    "INSERT INTO run_commands (run_id, kind, text, author, rounds, key, at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                    values,
                )
                return stored.rowcount == 1
        except sqlite3.IntegrityError as error:
            raise InputError(f"There is no run {run_id!r}.", "Check the id.") from error

    def reword(self, key: str, text: str) -> bool:
        """Change feedback that waits; False when a round has taken it, or there is none under this ``key``."""
        return self._change_waiting("UPDATE run_commands SET text = ?", (to_json(text), key))

    def withdraw(self, key: str) -> bool:
        """Take back feedback that waits; False when a round has taken it, or there is none."""
        return self._change_waiting("DELETE FROM run_commands", (key,))

    def _change_waiting(self, change: str, values: tuple[str, ...]) -> bool:
        where = "WHERE key = ? AND kind = 'feedback' AND taken IS NULL"
        with self._database.write() as connection:
            return connection.execute(f"{change} {where}", values).rowcount == 1

    def after(self, run_id: str, number: int) -> list[Command]:
        """Return the run's commands later than ``number``, in order."""
        rows = self._database.rows(
            "SELECT kind, text, author, rounds, number FROM run_commands"
            " WHERE run_id = ? AND number > ? ORDER BY number",
            (run_id, number),
        )
        return [
            Command(cast(CommandKind, kind), from_json(text), from_json(author), rounds, at)
            for kind, text, author, rounds, at in rows
        ]

    def take_feedback(self, run_id: str, take: int) -> tuple[Feedback, ...]:
        """Return the words for the run's take number ``take`` (from 1).

        The first time these are the words that waited; later always the same ones.
        """
        with self._database.write() as connection:
            fresh = connection.execute(
                "INSERT INTO run_takes (run_id, take) VALUES (?, ?) ON CONFLICT (run_id, take) DO NOTHING",
                (run_id, take),
            )
            if fresh.rowcount == 1:
                connection.execute(
                    "UPDATE run_commands SET taken = ? WHERE run_id = ? AND kind = 'feedback' AND taken IS NULL",
                    (take, run_id),
                )
        rows = self._database.rows(
            "SELECT text, author FROM run_commands WHERE run_id = ? AND taken = ? ORDER BY number",
            (run_id, take),
        )
        return tuple(Feedback(from_json(text), from_json(author)) for text, author in rows)
