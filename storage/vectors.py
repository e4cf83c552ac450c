"""Prompt vectors in SQLite: the truth that the Chroma index is built from, and the scan that needs no index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sqlite3 import Connection
from typing import TYPE_CHECKING, TypeAlias

from storage.database import Database
from storage.embeddings import Embedder
from storage.search_filters import NO_FILTERS, SearchFilters
from storage.text_values import from_column
from storage.visibility import FIELDS, Viewer, sql_condition

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Vector: TypeAlias = NDArray[numpy.float32]

_BATCH = 500
IndexRow: TypeAlias = "tuple[int, int, dict[str, str], Vector]"
"""Position, number, visibility marks and vector of a final prompt."""


class VectorTable:
    """The vectors that ``embedder`` made of final and first prompts."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self.embedder = embedder

    @property
    def space(self) -> str:
        """Return the name under which vectors may be compared: embedder and length."""
        return f"{self.embedder.id}-{self.embedder.dimensions}"

    def identity(self) -> str:
        """Return the name of the database's state: another one after a backup was brought back."""
        return str(self._database.rows("SELECT name FROM store_identity")[0][0])

    def count(self, up_to: int | None = None, after: int = -1) -> int:
        """Return how many vectors of this space are stored, of the positions given."""
        sql = "SELECT count(*) FROM prompt_vectors WHERE embedder = ? AND position > ?"
        values: list[object] = [self.space, after]
        if up_to is not None:
            sql += " AND position <= ?"
            values.append(up_to)
        return int(self._database.rows(sql, values)[0][0])

    def last_position(self) -> int:
        """Return the position of the newest vector in this space, -1 when there is none."""
        rows = self._database.rows(
            "SELECT position FROM prompt_vectors WHERE +embedder = ? ORDER BY position DESC LIMIT 1",
            (self.space,),
        )
        return int(rows[0][0]) if rows else -1

    def removed_after(self, last: int) -> list[tuple[int, int]]:
        """Return the number and the position of each vector deleted since removal number ``last``."""
        sql = "SELECT id, position FROM removed_vectors WHERE id > ? AND embedder = ? ORDER BY id"
        return self._database.rows(sql, (last, self.space))

    def numbers_at(self, positions: Sequence[int]) -> list[int]:
        """Return the numbers of the prompts whose vectors are at ``positions``, in their order."""
        places = ", ".join("?" * len(positions))
        rows = self._database.rows(
            f"SELECT position, number FROM prompt_vectors WHERE position IN ({places})", list(positions)
        )
        by_position = dict(rows)
        return [by_position[position] for position in positions if position in by_position]

    def missing(self) -> int:
        """Return how many prompts have no vector in this space."""
        sql = (
            "SELECT (SELECT count(*) FROM prompts) - (SELECT count(*) FROM prompt_vectors WHERE embedder = ?)"
        )
        return int(self._database.rows(sql, (self.space,))[0][0])

    def fill(self, limit: int | None = None) -> int:
        """Embed prompts that have no vector in this space, newest first, and return how many.

        Raises:
            ModelError: the embedder's server gave no answer; what was embedded before is kept.
        """
        done = 0
        sql = (
            f"SELECT number, text, seed_text FROM prompts p WHERE {_WITHOUT_VECTOR}"
            " ORDER BY number DESC LIMIT ?"
        )
        while (limit is None or done < limit) and self.missing() > 0:
            wanted = 100 if limit is None else min(100, limit - done)
            rows = self._database.rows(sql, (self.space, wanted))
            if not rows:
                break
            self._embed(rows)
            done += len(rows)
        return done

    def _embed(self, rows: Sequence[tuple[int, str | bytes, str | bytes]]) -> None:
        finals = self.embedder.embed([from_column(text) for _, text, _ in rows])
        seeds = self.embedder.embed([from_column(seed) for _, _, seed in rows])
        values = [
            (self.space, row[0], final.tobytes(), seed.tobytes())
            for row, final, seed in zip(rows, finals, seeds, strict=True)
        ]
        with self._database.write() as connection:
            connection.executemany(
                "INSERT INTO prompt_vectors (embedder, number, final, seed) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (embedder, number) DO NOTHING",
                values,
            )

    def forget_other_spaces(self) -> None:
        """Delete the vectors of embedders that are not in use any more."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM prompt_vectors WHERE embedder <> ?", (self.space,))
            connection.execute("DELETE FROM removed_vectors WHERE embedder <> ?", (self.space,))

    def after(self, position: int) -> Iterator[list[IndexRow]]:
        """Yield what an index needs of the vectors stored after ``position``, in batches, in order."""
        import numpy as np

        # The plus keeps SQLite from sorting all rows of the space for every batch.
        sql = (
            f"SELECT v.position, v.number, v.final, {', '.join(f'p.{field}' for field in FIELDS)}"
            " FROM prompt_vectors v JOIN prompts p ON p.number = v.number"
            " WHERE +v.embedder = ? AND v.position > ? ORDER BY v.position LIMIT ?"
        )
        while rows := self._database.rows(sql, (self.space, position, _BATCH)):
            yield [
                (at, number, dict(zip(FIELDS, mark, strict=True)), np.frombuffer(final, np.float32))
                for at, number, final, *mark in rows
            ]
            position = rows[-1][0]

    def likeness(self, vector: Vector, numbers: Sequence[int]) -> dict[int, tuple[float, float]]:
        """Return the cosine of ``vector`` with the final and with the first prompt of each number."""
        import numpy as np

        places = ", ".join("?" * len(numbers))
        rows = self._database.rows(
            f"SELECT number, final, seed FROM prompt_vectors WHERE embedder = ? AND number IN ({places})",
            (self.space, *numbers),
        )
        return {
            number: (
                float(np.frombuffer(final, np.float32) @ vector),
                float(np.frombuffer(seed, np.float32) @ vector),
            )
            for number, final, seed in rows
        }

    def scan(
        self, vector: Vector, viewer: Viewer, limit: int, filters: SearchFilters = NO_FILTERS
    ) -> list[int]:
        """Return the numbers of the prompts nearest to ``vector`` that ``viewer`` may see, by comparing all."""
        import numpy as np

        condition, values = sql_condition(viewer, "prompts")
        narrowed, more = filters.condition()
        values = [*values, *more]
        sql = (
            "SELECT v.position, v.number, v.final FROM prompt_vectors v JOIN prompts ON prompts.number = v.number"
            f" WHERE +v.embedder = ? AND v.position > ? AND {condition} AND {narrowed}"
            " ORDER BY v.position LIMIT 4000"
        )
        best: list[tuple[float, int]] = []
        position = -1
        while rows := self._database.rows(sql, (self.space, position, *values)):
            position = rows[-1][0]
            block = np.frombuffer(b"".join(row[2] for row in rows), np.float32).reshape(len(rows), -1)
            near = block @ vector
            best += [(float(near[i]), rows[i][1]) for i in np.argsort(-near)[:limit]]
            best = sorted(best, reverse=True)[:limit]
        return [number for _, number in best]


_WITHOUT_VECTOR = "NOT EXISTS (SELECT 1 FROM prompt_vectors v WHERE v.embedder = ? AND v.number = p.number)"


def move_vectors(connection: Connection, numbers: Sequence[int]) -> None:
    """Give the vectors of prompts new positions: who may see them has changed, and an index follows positions."""
    for number in numbers:
        vectors = connection.execute(
            "SELECT embedder, number, final, seed FROM prompt_vectors WHERE number = ?", (number,)
        ).fetchall()
        connection.execute("DELETE FROM prompt_vectors WHERE number = ?", (number,))
        connection.executemany(
            "INSERT INTO prompt_vectors (embedder, number, final, seed) VALUES (?, ?, ?, ?)", vectors
        )
