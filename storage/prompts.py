"""The prompt library: final prompts, found again by their words and by what they are like."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from optimizer.errors import InputError
from storage.database import Database
from storage.embeddings import Embedder
from storage.index_places import IndexPlace
from storage.prompt_finder import PromptFinder, Question
from storage.prompt_record import PromptRecord, PromptStatus
from storage.prompt_table import PromptTable
from storage.ranking import Found
from storage.reviews import DECISIONS, Decision, Review, ReviewKind, ReviewTable, Votes
from storage.search_filters import NO_FILTERS, SearchFilters
from storage.search_index import SearchIndex
from storage.vectors import VectorTable
from storage.visibility import Viewer, sql_condition

__all__ = ["Found", "PromptLibrary", "PromptRecord", "SearchFilters"]


class PromptLibrary:
    """Final prompts in ``database``, with a search index below ``folder``.

    Every door asks for a ``Viewer``: what it may not see is neither found nor told apart from what
    does not exist. Methods raise ``StorageError`` when the database fails. ``add``, ``search`` and
    ``similar`` may take a second (first use, an embedder on the network): call them off the event loop.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        embedder: Embedder,
        *,
        place: IndexPlace | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._reviews = ReviewTable(database, clock)
        self._vectors = VectorTable(database, embedder)
        self._index = SearchIndex(folder, self._vectors, place)
        self._table = PromptTable(database)
        self._finder = PromptFinder(database, self._table, self._vectors, self._index)

    def add(self, record: PromptRecord) -> bool:
        """Store a final prompt and index it; False when its id is stored already.

        An embedder or index that fails is logged, not raised: the prompt is safe in SQLite, is found
        by its words, and is indexed later.

        Raises:
            InputError: the run has another prompt under that version.
        """
        try:
            is_new = self._table.insert(record)
        except sqlite3.IntegrityError as error:
            raise InputError(
                f"Run {record.run_id} has a version {record.version} already.",
                "Store it as the next version.",
            ) from error
        self._finder.prepare(with_memory=False)
        return is_new

    def get(self, prompt_id: str, viewer: Viewer) -> PromptRecord:
        """Return the prompt.

        Raises:
            InputError: it does not exist, or ``viewer`` may not see it; the two cannot be told apart.
        """
        return self._table.one(prompt_id, viewer)[1]

    def of_run(self, run_id: str, viewer: Viewer) -> list[PromptRecord]:
        """Return the prompts of a run that ``viewer`` may see, first version first."""
        found = self._table.visible("prompts.run_id = ? ORDER BY prompts.version", [run_id], viewer)
        return list(found.values())

    def versions(self, prompt_id: str, viewer: Viewer) -> list[PromptRecord]:
        """Return the prompt with all that it was made from or that was made from it, oldest first.

        Versions that ``viewer`` may not see are left out.

        Raises:
            InputError: as ``get``.
        """
        number, _ = self._table.one(prompt_id, viewer)
        found = self._table.visible(
            "prompts.family = (SELECT family FROM prompts WHERE number = ?)"
            " ORDER BY prompts.created_at, prompts.number",
            [number],
            viewer,
        )
        return list(found.values())

    def set_status(self, prompt_id: str, status: PromptStatus, viewer: Viewer) -> PromptRecord:
        """Note that ``viewer`` gives the prompt this status, and return it as it is now.

        Accepting it supersedes the version accepted before it for the same people.

        Raises:
            InputError: as ``get``.
        """
        with self._database.write():
            number, _ = self._table.one(prompt_id, viewer)
            self._reviews.set_status(number, status, _name_of(viewer))
            return self._table.one(prompt_id, viewer)[1]

    def review(self, prompt_id: str, kind: ReviewKind, viewer: Viewer, text: str = "") -> Review:
        """Store what ``viewer`` says of the prompt; ``accept`` and ``reject`` set its status too.

        Raises:
            InputError: as ``get``; or the text holds what looks like a secret, or is too long.
        """
        with self._database.write():
            number, _ = self._table.one(prompt_id, viewer)
            return self._reviews.add(number, kind, _name_of(viewer), text)

    def decide(self, prompt_id: str, decision: Decision, viewer: Viewer) -> Review | None:
        """Accept or reject the prompt for ``viewer``; None when that is its status already.

        So of equal decisions made at the same moment one counts.

        Raises:
            InputError: as ``get``.
        """
        with self._database.write():
            number, record = self._table.one(prompt_id, viewer)
            if record.status == DECISIONS[decision]:
                return None
            return self._reviews.add(number, decision, _name_of(viewer))

    def reviews(self, prompt_id: str, viewer: Viewer) -> list[Review]:
        """Return what people said of the prompt, oldest first.

        Raises:
            InputError: as ``get``.
        """
        return self._reviews.of(self._table.one(prompt_id, viewer)[0])

    def votes(self, prompt_id: str, viewer: Viewer) -> Votes:
        """Count the votes on the prompt, the last one of each person.

        Raises:
            InputError: as ``get``.
        """
        return self._reviews.votes(self._table.one(prompt_id, viewer)[0])

    def recent(
        self, viewer: Viewer, limit: int = 5, *, filters: SearchFilters = NO_FILTERS
    ) -> list[PromptRecord]:
        """Return the newest prompts that ``viewer`` may see, newest first."""
        rule, values = sql_condition(viewer, "prompts")
        narrowed, more = filters.condition()
        newest = (
            f"SELECT number FROM prompts WHERE {rule} AND {narrowed}"
            " ORDER BY created_at DESC, number DESC LIMIT ?"
        )
        numbers = [number for (number,) in self._database.rows(newest, [*values, *more, limit])]
        records = self._table.among(numbers, viewer)
        return [records[number] for number in numbers if number in records]

    def search(
        self, words: str, viewer: Viewer, limit: int = 5, *, filters: SearchFilters = NO_FILTERS
    ) -> list[Found]:
        """Return the prompts that fit ``words`` best, each with why; without words the newest ones."""
        if not words.strip():
            newest = self.recent(viewer, limit, filters=filters)
            return [Found(record, 0.0, "recent") for record in newest]
        return self._finder.find(Question(words, viewer, limit, filters))

    def similar(
        self,
        text: str,
        viewer: Viewer,
        limit: int = 3,
        exclude_run: str | None = None,
        *,
        filters: SearchFilters = NO_FILTERS,
    ) -> list[Found]:
        """Return past prompts that are like the prompt ``text``, each with why; none when none is near."""
        if not text.strip():
            return []
        related = self._vectors.embedder.related
        return self._finder.find(Question(text, viewer, limit, filters, exclude_run, related))

    def reindex(self) -> int:
        """Compute missing vectors, drop and rebuild the index, and return how many prompts it holds.

        Raises:
            ModelError: the embedder's server gave no answer.
            StorageError: another process uses the index, or Chroma cannot be opened.
        """
        self._vectors.fill()
        self._vectors.forget_other_spaces()
        return self._index.rebuild()

    def prepare(self) -> None:
        """Open the index and bring it up to date, so that the next search answers at once.

        After a change of embedder the newest prompts get their new vectors here; ``reindex`` does all.
        """
        self._finder.prepare(with_memory=True)

    @property
    def uses_chroma(self) -> bool:
        """Tell whether this process has the Chroma index open."""
        return self._index.uses_chroma

    def close(self) -> None:
        """Release the search index."""
        self._index.close()


def _name_of(viewer: Viewer) -> str:
    return viewer.user or "terminal"
