"""The word search over prompts: SQLite's FTS5 with bm25, kept fast by the words that tell most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage.database import Database
from storage.search_filters import SearchFilters
from storage.visibility import Viewer, sql_condition
from storage.words import any_of

_MOST_MATCHES = 6_000
"""Prompts that are ranked for one question; bm25 costs some 4 microseconds for each."""
_WEIGHTS = "3.0, 1.0, 1.0"
"""Of title, text and first prompt."""


class WordSearch:
    """Finds prompts by their words, among those that a viewer may see: the rule is part of the query.

    bm25 gives a word that most prompts have next to no weight, yet to rank by it every one of them has
    to be read. So words are taken rarest first, as long as they match no more than ``_MOST_MATCHES``
    prompts together; of a single word that matches more, the newest matches are ranked.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def best(self, words: Sequence[str], viewer: Viewer, filters: SearchFilters, limit: int) -> list[int]:
        """Return the numbers of the prompts that fit ``words`` best, best first.

        Raises:
            StorageError: the database failed.
        """
        if not words:
            return []
        rule, values = sql_condition(viewer, "prompts")
        narrowed, more = filters.condition()
        found: list[Any] = [any_of(self._telling(words)), *values, *more, _MOST_MATCHES, limit]
        rows = self._database.rows(
            f"SELECT number FROM (SELECT prompts.number AS number, bm25(prompts_fts, {_WEIGHTS}) AS rank"
            " FROM prompts_fts CROSS JOIN prompts ON prompts.number = prompts_fts.rowid"
            f" WHERE prompts_fts MATCH ? AND {rule} AND {narrowed} ORDER BY prompts_fts.rowid DESC LIMIT ?)"
            " ORDER BY rank, number LIMIT ?",
            found,
        )
        return [number for (number,) in rows]

    def _telling(self, words: Sequence[str]) -> list[str]:
        """Return the rarest of ``words`` that match few enough prompts together, in their order; one at least."""
        matches = {word: self._matches(word) for word in words}
        rarest = sorted((word for word in matches if matches[word]), key=lambda word: matches[word])
        chosen, total = set(rarest[:1]), matches[rarest[0]] if rarest else 0
        for word in rarest[1:]:
            total += matches[word]
            if total > _MOST_MATCHES:
                break
            chosen.add(word)
        return [word for word in words if word in chosen] or list(words[:1])

    def _matches(self, word: str) -> int:
        sql = "SELECT count(*) FROM (SELECT 1 FROM prompts_fts WHERE prompts_fts MATCH ? LIMIT ?)"
        return int(self._database.rows(sql, (any_of([word]), _MOST_MATCHES))[0][0])
