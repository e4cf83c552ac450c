"""Finds past prompts by words and by likeness at once."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.errors import ModelError
from storage.database import Database
from storage.prompt_table import PromptTable
from storage.ranking import Found, ranked
from storage.search_filters import NO_FILTERS, SearchFilters
from storage.search_index import SearchIndex
from storage.vectors import VectorTable
from storage.visibility import Viewer, sql_condition
from storage.word_search import WordSearch
from storage.words import query_words

if TYPE_CHECKING:
    from storage.vector_memory import VectorMemory
    from storage.vectors import Vector

logger = logging.getLogger(__name__)

_FILL_AT_ONCE = 500
_CANDIDATES = 40
"""Prompts that the words and the vectors each nominate."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, by whom; ``least`` is the likeness (0..1) below which a prompt is left out."""

    text: str
    viewer: Viewer
    limit: int
    filters: SearchFilters = NO_FILTERS
    exclude_run: str | None = None
    least: float = 0.0


class PromptFinder:
    """Asks the word index and whoever compares vectors fastest, and fuses the two answers."""

    def __init__(
        self, database: Database, table: PromptTable, vectors: VectorTable, index: SearchIndex
    ) -> None:
        self._database = database
        self._table = table
        self._vectors = vectors
        self._index = index
        self._words = WordSearch(database)
        self._guard = threading.Lock()
        self._held: VectorMemory | None = None
        self._prepared = False

    def prepare(self, *, with_memory: bool) -> None:
        """Give new prompts their vectors and bring the index, or the memory too, up to date."""
        self._prepared = True
        try:
            self._vectors.fill(_FILL_AT_ONCE)
        except ModelError as error:
            logger.warning("a prompt has no vector yet: %s", error)
            return
        left = self._vectors.missing()
        if left:
            logger.warning("%d prompts have no vector of the present embedder: run promptbeam reindex", left)
        self._index.catch_up()
        if with_memory:
            self._memory().follow()

    def find(self, question: Question) -> list[Found]:
        """Return the prompts that answer ``question`` best, best first, each with why."""
        viewer, filters = question.viewer, question.filters
        if not self._prepared:
            self.prepare(with_memory=not viewer.everything)
        candidates = max(_CANDIDATES, question.limit)
        words = query_words(question.text)
        by_words = self._words.best(words, viewer, filters, candidates)
        vector = self._vector(question.text)
        by_vector = [] if vector is None else self._nearest(vector, viewer, filters, candidates)
        numbers = list(dict.fromkeys([*by_words, *by_vector]))
        records = self._table.among(numbers, viewer)
        likeness = {} if vector is None else self._vectors.likeness(vector, numbers)
        kept = {number: record for number, record in records.items() if record.run_id != question.exclude_run}
        embedder = self._vectors.embedder
        return ranked(kept, words, by_words, likeness, embedder, question.limit, question.least)

    def _nearest(self, vector: Vector, viewer: Viewer, filters: SearchFilters, limit: int) -> list[int]:
        """Ask whoever answers this question fastest; each has the rule inside (measured: docs/benchmarks.md).

        Chroma is several times slower under a filter and fastest without one, which only the owner of
        the machine can do without. Memory compares exactly those that may be seen.
        """
        if viewer.everything and not filters.any:
            found = self._index.nearest(vector, viewer, limit)
        else:
            self._index.catch_up(wait=False)
            found = self._memory().nearest(vector, viewer, limit, self._matching(viewer, filters))
            if found is None and not filters.any:
                found = self._index.nearest(vector, viewer, limit)
        return self._vectors.scan(vector, viewer, limit, filters) if found is None else found

    def _matching(self, viewer: Viewer, filters: SearchFilters) -> list[int] | None:
        """Return the numbers of what the filters and the rule let through; None without filters."""
        if not filters.any:
            return None
        rule, values = sql_condition(viewer, "prompts")
        narrowed, more = filters.condition()
        rows = self._database.rows(
            f"SELECT number FROM prompts WHERE {rule} AND {narrowed}", [*values, *more]
        )
        return [number for (number,) in rows]

    def _vector(self, text: str) -> Vector | None:
        try:
            vector: Vector = self._vectors.embedder.embed([text])[0]
        except ModelError as error:
            logger.warning("search goes by words only: %s", error)
            return None
        return vector

    def _memory(self) -> VectorMemory:
        from storage.vector_memory import VectorMemory  # needs numpy, which takes a while to load

        with self._guard:
            if self._held is None:
                self._held = VectorMemory(self._vectors)
            return self._held
