"""The files that a run was given: fetched once, kept with the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bot.background.request import FileRef
from storage.runs import RunTable


class RunFiles(Protocol):
    """Where the content of a run's files comes from."""

    def read(self, slot: str, ref: FileRef) -> bytes:
        """Return the file that the request names ``ref``; ``slot`` is its place in the request. Blocks.

        Raises:
            InputError: it is gone, too large or not what it says.
        """
        ...


class KeptFiles:
    """Implements ``RunFiles``: fetches a file the first time and keeps it with the run."""

    def __init__(self, runs: RunTable, run_id: str, fetch: Callable[[FileRef], bytes]) -> None:
        self._runs = runs
        self._run_id = run_id
        self._fetch = fetch
        self._kept = set(runs.file_names(run_id))

    def read(self, slot: str, ref: FileRef) -> bytes:
        """See ``RunFiles.read``."""
        if slot in self._kept:
            return self._runs.read_file(self._run_id, slot)
        data = self._fetch(ref)
        self._runs.save_file(self._run_id, slot, data)
        self._kept.add(slot)
        return data


class StoredFiles:
    """Implements ``RunFiles`` for a worker: what the bot has kept is all there is."""

    def __init__(self, runs: RunTable, run_id: str) -> None:
        self._runs = runs
        self._run_id = run_id

    def read(self, slot: str, ref: FileRef) -> bytes:
        """See ``RunFiles.read``."""
        return self._runs.read_file(self._run_id, slot)
