"""A run's control that obeys stored commands: what was asked is not lost by a crash, nor heard elsewhere in vain."""

from __future__ import annotations

import threading

from optimizer.control import Feedback, RunControl
from storage.commands import Command, CommandTable


class StoredControl(RunControl):
    """Hears the commands of one run. ``hear`` is for any thread, ``take_feedback`` for the run's own.

    Words are bound to the round that took them first, so that a run which is done again is the same run.
    """

    def __init__(self, commands: CommandTable, run_id: str) -> None:
        super().__init__()
        self._hearing = threading.Lock()
        self._commands = commands
        self._run_id = run_id
        self._heard = 0
        self._takes = 0

    def hear(self) -> bool:
        """Obey the commands that came since the last time; tell whether there were any."""
        with self._hearing:
            commands = self._commands.after(self._run_id, self._heard)
            for command in commands:
                self._heard = command.number
                self._obey(command)
        return bool(commands)

    def take_feedback(self) -> tuple[Feedback, ...]:
        """Return the words that wait for this round, or those that it took before a restart.

        What the run tells itself (the lessons that it starts from) comes first; it does so again when it is
        done again.

        Raises:
            StorageError: they cannot be read.
        """
        self._takes += 1
        return (*super().take_feedback(), *self._commands.take_feedback(self._run_id, self._takes))

    def _obey(self, command: Command) -> None:
        if command.kind == "stop":
            self.cancel()
        elif command.kind == "pause":
            self.pause()
        elif command.kind == "resume":
            self.resume()
        elif command.kind == "extend":
            self.extend(command.rounds)
