"""A journal in memory, for use of the library without a database."""

from __future__ import annotations

from optimizer.model.protocol import JournalEntry


class MemoryJournal:
    """Remembers paid answers for the life of the process. Implements ``Journal``."""

    def __init__(self) -> None:
        self._entries: dict[str, JournalEntry] = {}

    def find(self, key: str) -> JournalEntry | None:
        """See ``Journal.find``."""
        return self._entries.get(key)

    async def record(self, entry: JournalEntry) -> None:
        """See ``Journal.record``; kept in memory only."""
        self._entries[entry.key] = entry
