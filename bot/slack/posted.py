"""What was posted for a run, by name, so that nothing is posted twice."""

from __future__ import annotations

from bot.slack.poster import Poster
from storage.runs import RunRecord, RunTable


class Posted:
    """The names and timestamps of a run's messages; every change is stored at once."""

    def __init__(self, run: RunRecord, runs: RunTable, poster: Poster) -> None:
        self._run_id = run.id
        self._runs = runs
        self._poster = poster
        self._known = dict(run.message_ts)

    def ts(self, name: str) -> str:
        """The timestamp of the message ``name``; empty when it was not posted."""
        return self._known.get(name, "")

    def key(self, name: str) -> str:
        """The key under which the message is posted once, crashes or not."""
        return f"{self._run_id}/{name}"

    def note(self, name: str, ts: str) -> None:
        """Remember the message ``name``; an empty ``ts`` forgets it."""
        self._known[name] = ts
        self._runs.set_message(self._run_id, name, ts)
        if not ts:
            self._poster.forget(self.key(name))

    def anew(self, name: str) -> None:
        """Let the message ``name`` be posted again; until then the last one stays stored."""
        self._known.pop(name, None)
        self._poster.forget(self.key(name))
