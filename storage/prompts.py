"""The prompt library: final prompts, found again by their words and by what they are like."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from optimizer.errors import InputError, ModelError
from storage.database import Database
from storage.embeddings import Embedder
from storage.prompt_record import COLUMNS, PromptRecord, PromptStatus, record_from_row, row_of
from storage.ranking import Found, ranked
from storage.reviews import Review, ReviewKind, ReviewTable, Votes
from storage.search_index import SearchIndex
from storage.vectors import VectorTable
from storage.visibility import Viewer, may_see, sql_condition
from storage.words import any_of, query_words

__all__ = ["Found", "PromptLibrary", "PromptRecord"]

if TYPE_CHECKING:
    from storage.vectors import Vector

logger = logging.getLogger(__name__)

_CANDIDATES = 40
_FILL_AT_ONCE = 500


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
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._reviews = ReviewTable(database, clock)
        self._vectors = VectorTable(database, embedder)
        self._index = SearchIndex(folder, self._vectors)
        self._prepared = False

    def add(self, record: PromptRecord) -> bool:
        """Store a final prompt and index it; False when its id is stored already.

        An embedder or index that fails is logged, not raised: the prompt is safe in SQLite, is found
        by its words, and is indexed later.

        Raises:
            InputError: the run has another prompt under that version.
        """
        try:
            is_new = self._insert(record)
        except sqlite3.IntegrityError as error:
            raise InputError(
                f"Run {record.run_id} has a version {record.version} already.",
                "Store it as the next version.",
            ) from error
        self.prepare()
        return is_new

    def get(self, prompt_id: str, viewer: Viewer) -> PromptRecord:
        """Return the prompt.

        Raises:
            InputError: it does not exist, or ``viewer`` may not see it; the two cannot be told apart.
        """
        return self._one(prompt_id, viewer)[1]

    def of_run(self, run_id: str, viewer: Viewer) -> list[PromptRecord]:
        """Return the prompts of a run that ``viewer`` may see, first version first."""
        found = self._visible("prompts.run_id = ? ORDER BY prompts.version", [run_id], viewer)
        return list(found.values())

    def versions(self, prompt_id: str, viewer: Viewer) -> list[PromptRecord]:
        """Return the prompt with all that it was made from or that was made from it, oldest first.

        Versions that ``viewer`` may not see are left out.

        Raises:
            InputError: as ``get``.
        """
        number, _ = self._one(prompt_id, viewer)
        found = self._visible(
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
            number, _ = self._one(prompt_id, viewer)
            self._reviews.set_status(number, status, _name_of(viewer))
            return self._one(prompt_id, viewer)[1]

    def review(self, prompt_id: str, kind: ReviewKind, viewer: Viewer, text: str = "") -> Review:
        """Store what ``viewer`` says of the prompt; ``accept`` and ``reject`` set its status too.

        Raises:
            InputError: as ``get``; or the text holds what looks like a secret, or is too long.
        """
        with self._database.write():
            number, _ = self._one(prompt_id, viewer)
            return self._reviews.add(number, kind, _name_of(viewer), text)

    def reviews(self, prompt_id: str, viewer: Viewer) -> list[Review]:
        """Return what people said of the prompt, oldest first.

        Raises:
            InputError: as ``get``.
        """
        return self._reviews.of(self._one(prompt_id, viewer)[0])

    def votes(self, prompt_id: str, viewer: Viewer) -> Votes:
        """Count the votes on the prompt, the last one of each person.

        Raises:
            InputError: as ``get``.
        """
        return self._reviews.votes(self._one(prompt_id, viewer)[0])

    def recent(self, viewer: Viewer, limit: int = 5) -> list[PromptRecord]:
        """Return the newest prompts that ``viewer`` may see, newest first."""
        rule, values = sql_condition(viewer, "prompts")
        newest = f"SELECT number FROM prompts WHERE {rule} ORDER BY created_at DESC, number DESC LIMIT ?"
        numbers = [number for (number,) in self._database.rows(newest, [*values, limit])]
        records = self._visible(_among(numbers), numbers, viewer)
        return [records[number] for number in numbers if number in records]

    def search(self, words: str, viewer: Viewer, limit: int = 5) -> list[Found]:
        """Return the prompts that fit ``words`` best, each with why; without words the newest ones."""
        if not words.strip():
            return [Found(record, 0.0, "recent") for record in self.recent(viewer, limit)]
        return self._find(words, viewer)[:limit]

    def similar(
        self, text: str, viewer: Viewer, limit: int = 3, exclude_run: str | None = None
    ) -> list[Found]:
        """Return past prompts that are like the prompt ``text``, each with why; none when none is near."""
        if not text.strip():
            return []
        found = self._find(text, viewer, exclude_run)
        related = self._vectors.embedder.related
        return [one for one in found if one.similarity >= related][:limit]

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

    def close(self) -> None:
        """Release the search index."""
        self._index.close()

    def _insert(self, record: PromptRecord) -> bool:
        row = row_of(record)
        columns = ", ".join(row)
        places = ", ".join(f":{column}" for column in row)
        with self._database.write() as connection:
            cursor = connection.execute(
                f"INSERT INTO prompts ({columns}, family) VALUES ({places}, {_FAMILY})"
                " ON CONFLICT (id) DO NOTHING",
                row,
            )
        return cursor.rowcount == 1

    def _one(self, prompt_id: str, viewer: Viewer) -> tuple[int, PromptRecord]:
        found = self._visible("prompts.id = ?", [prompt_id], viewer)
        if not found:
            raise InputError(
                f"There is no prompt {prompt_id!r} that you can see.",
                "Search for it with /prompts.",
                field="prompt",
            )
        return next(iter(found.items()))

    def _find(self, text: str, viewer: Viewer, exclude_run: str | None = None) -> list[Found]:
        if not self._prepared:
            self.prepare()
        words = query_words(text)
        by_words = self._by_words(words, viewer)
        vector = self._vector(text)
        by_vector = [] if vector is None else self._index.nearest(vector, viewer, _CANDIDATES)
        numbers = list(dict.fromkeys([*by_words, *by_vector]))
        records = self._visible(_among(numbers), numbers, viewer)
        likeness = {} if vector is None else self._vectors.likeness(vector, numbers)
        kept = {number: record for number, record in records.items() if record.run_id != exclude_run}
        return ranked(kept, words, by_words, likeness, self._vectors.embedder)

    def _vector(self, text: str) -> Vector | None:
        try:
            vector: Vector = self._vectors.embedder.embed([text])[0]
        except ModelError as error:
            logger.warning("search goes by words only: %s", error)
            return None
        return vector

    def _by_words(self, words: Sequence[str], viewer: Viewer) -> list[int]:
        """Return the numbers of the prompts with any of ``words``, best first (bm25)."""
        if not words:
            return []
        condition, values = sql_condition(viewer, "prompts")
        rows = self._database.rows(
            "SELECT prompts.number FROM prompts_fts JOIN prompts ON prompts.number = prompts_fts.rowid"
            f" WHERE prompts_fts MATCH ? AND {condition} ORDER BY bm25(prompts_fts, 3.0, 1.0, 1.0) LIMIT ?",
            (any_of(words), *values, _CANDIDATES),
        )
        return [number for (number,) in rows]

    def _visible(self, condition: str, values: Sequence[object], viewer: Viewer) -> dict[int, PromptRecord]:
        """Return the records that match and that ``viewer`` may see: filtered in SQL, checked on the way out."""
        rule, rule_values = sql_condition(viewer, "prompts")
        rows = self._database.rows(
            f"SELECT number, {COLUMNS} FROM prompts WHERE {rule} AND {condition}",
            [*rule_values, *values],
        )
        records = {row[0]: record_from_row(row[1:]) for row in rows}
        return {
            number: record
            for number, record in records.items()
            if may_see(viewer, record.owner, record.place, record.only_me)
        }


_FAMILY = (
    "coalesce((SELECT family FROM prompts WHERE run_id = :run_id LIMIT 1),"
    " (SELECT family FROM prompts WHERE id = :parent), :run_id)"
)
"""All versions of a prompt share it: those of one run, and those made from one another."""


def _name_of(viewer: Viewer) -> str:
    return viewer.user or "terminal"


def _among(numbers: Sequence[int]) -> str:
    return f"prompts.number IN ({', '.join('?' * len(numbers))})"
