"""Team memory: what runs that ended better learned, found again for tasks that are like theirs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optimizer.errors import ModelError
from storage.database import Database
from storage.embeddings import Embedder
from storage.text_values import from_column, to_column
from storage.visibility import Place, Viewer, marks, may_see, sql_condition

if TYPE_CHECKING:
    from storage.vectors import Vector

logger = logging.getLogger(__name__)

_COLUMNS = (
    "id, run_id, round, text, about, metric, gain, owner, team, channel, place_kind, only_me, created_at"
)
_FILL_AT_ONCE = 500
_SCAN = 2_000


@dataclass(frozen=True, slots=True)
class Lesson:
    """What round ``round`` of a run learned, on a task that ``about`` describes.

    ``gain`` is what the whole run gained on its held-out test (0..1). It is seen by those who see
    its run.
    """

    id: str
    run_id: str
    round: int
    text: str
    about: str
    metric: str
    gain: float
    owner: str
    place: Place
    only_me: bool
    created_at: float


@dataclass(frozen=True, slots=True)
class Recalled:
    """A lesson with how like (0..1) its task is to the one that was asked for."""

    lesson: Lesson
    similarity: float


class LessonTable:
    """Lessons in ``database``, compared by what ``embedder`` makes of their tasks.

    Every method raises ``StorageError`` when the database fails. ``recall`` may take a second: call it
    off the event loop.
    """

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder

    def add(self, lesson: Lesson) -> bool:
        """Store a lesson; False when its id is stored already. Its vector is made when one is needed."""
        place = lesson.place
        row: dict[str, Any] = {
            "id": lesson.id,
            "run_id": lesson.run_id,
            "round": lesson.round,
            "text": to_column(lesson.text),
            "about": to_column(lesson.about),
            "metric": lesson.metric,
            "gain": lesson.gain,
            "owner": lesson.owner,
            "team": place.team,
            "channel": place.channel,
            "place_kind": place.kind,
            "only_me": lesson.only_me,
            "created_at": lesson.created_at,
            **marks(lesson.owner, place, lesson.only_me),
        }
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        with self._database.write() as connection:
            cursor = connection.execute(
                f"INSERT INTO lessons ({names}) VALUES ({values}) ON CONFLICT (id) DO NOTHING", row
            )
        return cursor.rowcount == 1

    def recall(
        self,
        about: str,
        viewer: Viewer,
        limit: int = 3,
        *,
        exclude_run: str | None = None,
        others: Sequence[Viewer] = (),
    ) -> list[Recalled]:
        """Return the lessons from the tasks most like ``about`` that ``viewer`` may see, at most one a run.

        ``others`` must be able to see them too.
        Likeness comes first, gain decides between equals. None are returned when no task is near, or when
        the embedder's server does not answer.
        """
        if not about.strip():
            return []
        try:
            self._fill()
            vector = self._embedder.embed([about])[0]
        except ModelError as error:
            logger.warning("no lesson is recalled: %s", error)
            return []
        near = [
            found for found in self._near(vector, viewer, exclude_run) if _seen_by_all(others, found.lesson)
        ]
        near.sort(key=lambda found: (-round(found.similarity, 3), -found.lesson.gain, -found.lesson.round))
        best: dict[str, Recalled] = {}
        for found in near:
            best.setdefault(found.lesson.run_id, found)
        return list(best.values())[:limit]

    def any_of(self, team: str) -> bool:
        """Tell whether a workspace has learned anything at all."""
        return bool(self._database.rows("SELECT 1 FROM lessons WHERE team = ? LIMIT 1", (team,)))

    def newest(self, viewer: Viewer, limit: int, *, others: Sequence[Viewer] = ()) -> list[Lesson]:
        """Return the newest lesson of each of the newest runs, as far as ``viewer`` and ``others`` may see them."""
        rule, values = sql_condition(viewer, "lessons")
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM lessons WHERE {rule} ORDER BY number DESC LIMIT ?", (*values, _SCAN)
        )
        found: dict[str, Lesson] = {}
        for lesson in map(_lesson, rows):
            if _seen_by_all((viewer, *others), lesson):
                found.setdefault(lesson.run_id, lesson)
        return list(found.values())[:limit]

    def _near(self, vector: Vector, viewer: Viewer, exclude_run: str | None) -> list[Recalled]:
        """Compare all lessons that may be seen: the rule is part of the query, and checked on the way out."""
        import numpy as np

        rule, values = sql_condition(viewer, "lessons")
        sql = (
            f"SELECT lessons.number, vector, {_COLUMNS} FROM lessons JOIN lesson_vectors"
            " ON lesson_vectors.number = lessons.number"
            f" WHERE embedder = ? AND lessons.number > ? AND run_id IS NOT ? AND {rule}"
            " ORDER BY lessons.number LIMIT ?"
        )
        near: list[Recalled] = []
        last = -1
        while rows := self._database.rows(sql, (self._space, last, exclude_run, *values, _SCAN)):
            last = rows[-1][0]
            block = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(len(rows), -1)
            for row, likeness in zip(rows, block @ vector, strict=True):
                if likeness < self._embedder.related:
                    continue
                lesson = _lesson(row[2:])
                if may_see(viewer, lesson.owner, lesson.place, lesson.only_me):
                    near.append(Recalled(lesson, min(1.0, float(likeness))))
        return near

    def _fill(self) -> None:
        """Embed lessons that have no vector of the present embedder, newest first, some hundreds at most."""
        rows = self._database.rows(
            "SELECT number, about FROM lessons WHERE NOT EXISTS (SELECT 1 FROM lesson_vectors v"
            " WHERE v.embedder = ? AND v.number = lessons.number) ORDER BY number DESC LIMIT ?",
            (self._space, _FILL_AT_ONCE),
        )
        if not rows:
            return
        vectors = self._embedder.embed([from_column(about) for _, about in rows])
        with self._database.write() as connection:
            connection.executemany(
                "INSERT INTO lesson_vectors (embedder, number, vector) SELECT ?, ?, ?"
                " WHERE EXISTS (SELECT 1 FROM lessons WHERE number = ?) ON CONFLICT DO NOTHING",
                [
                    (self._space, number, vector.tobytes(), number)
                    for (number, _), vector in zip(rows, vectors, strict=True)
                ],
            )

    @property
    def _space(self) -> str:
        return f"{self._embedder.id}-{self._embedder.dimensions}"


def _seen_by_all(viewers: Sequence[Viewer], lesson: Lesson) -> bool:
    return all(may_see(one, lesson.owner, lesson.place, lesson.only_me) for one in viewers)


def _lesson(row: tuple[Any, ...]) -> Lesson:
    lesson_id, run_id, number, text, about, metric, gain, owner, team, channel, kind, only_me, at = row
    return Lesson(
        id=lesson_id,
        run_id=run_id,
        round=number,
        text=from_column(text),
        about=from_column(about),
        metric=metric,
        gain=gain,
        owner=owner,
        place=Place(team, channel, kind),
        only_me=bool(only_me),
        created_at=at,
    )
