"""The call journal as the runs of one workspace see it: answers that others paid for are not in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.model.protocol import Journal, JournalEntry


@dataclass(frozen=True, slots=True)
class TeamJournal:
    """Implements ``Journal`` for a run of the workspace ``team``.

    That an answer is free tells that somebody has asked the same before, so a workspace is told only of
    its own. An entry that the run itself made before there were such keys still counts.
    """

    journal: Journal
    team: str
    run_id: str

    def find(self, key: str) -> JournalEntry | None:
        """See ``Journal.find``."""
        found = self.journal.find(self._own(key))
        if found is not None:
            return replace(found, key=key)
        earlier = self.journal.find(key)
        return earlier if earlier is not None and earlier.run_id == self.run_id else None

    async def record(self, entry: JournalEntry) -> None:
        """See ``Journal.record``."""
        await self.journal.record(replace(entry, key=self._own(entry.key)))

    def _own(self, key: str) -> str:
        return f"{self.team}/{key}"
