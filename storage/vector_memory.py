"""The vectors of all prompts in memory: one exact comparison of those that a viewer may see."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from storage.vectors import VectorTable
from storage.visibility import FIELDS, Viewer, alternatives

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from storage.vectors import IndexRow, Vector

MOST_BYTES = 1_000_000_000
"""Beyond this, vectors are not held in memory: the index answers instead, somewhat slower under a filter."""


class _Rows:
    """Growing arrays: position, number, vector and marks of each prompt, and whether it is still there."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.size = 0
        self.position = -1
        self.removed = 0
        self.codes: dict[str, int] = {}
        self.positions = np.zeros(0, np.int64)
        self.numbers = np.zeros(0, np.int64)
        self.matrix = np.zeros((0, 0), np.float32)
        self.marks = np.zeros((len(FIELDS), 0), np.int32)
        self.alive = np.zeros(0, np.bool_)

    def take_in(self, rows: Sequence[IndexRow]) -> None:
        """Append rows."""
        end = self.size + len(rows)
        if end > len(self.numbers):
            self._grow(max(1024, end, int(1.5 * len(self.numbers))), len(rows[0][3]))
        span = slice(self.size, end)
        self.positions[span] = [position for position, _, _, _ in rows]
        self.numbers[span] = [number for _, number, _, _ in rows]
        self.matrix[span] = np.stack([vector for _, _, _, vector in rows])
        for at, field in enumerate(FIELDS):
            self.marks[at, span] = [
                self.codes.setdefault(marks[field], len(self.codes)) for _, _, marks, _ in rows
            ]
        self.alive[span] = True
        self.position = rows[-1][0]
        self.size = end

    def take_out(self, removed: Sequence[tuple[int, int]]) -> None:
        """Mark the rows at the removed positions."""
        gone = [position for _, position in removed]
        self.alive[: self.size] &= ~np.isin(self.positions[: self.size], gone)
        self.removed = removed[-1][0]

    def allowed(self, viewer: Viewer) -> NDArray[np.bool_]:
        """Lay the rule of ``storage.visibility`` over the rows."""
        alive = self.alive[: self.size]
        rule = alternatives(viewer)
        if rule is None:
            return alive.copy()
        seen = np.zeros(self.size, np.bool_)
        for one in rule:
            match = alive.copy()
            for field, values in one.items():
                codes = [self.codes[value] for value in values if value in self.codes]
                match &= np.isin(self.marks[FIELDS.index(field), : self.size], codes)
            seen |= match
        return seen

    def _grow(self, room: int, dimensions: int) -> None:
        """Move to larger arrays; questions under way keep the old ones."""
        size, old = self.size, (self.positions, self.numbers, self.marks, self.alive, self.matrix)
        self.positions, self.numbers = np.zeros(room, np.int64), np.zeros(room, np.int64)
        self.marks = np.full((len(FIELDS), room), -1, np.int32)
        self.alive = np.zeros(room, np.bool_)
        self.matrix = np.zeros((room, dimensions), np.float32)
        if size:
            self.positions[:size], self.numbers[:size] = old[0][:size], old[1][:size]
            self.marks[:, :size], self.alive[:size] = old[2][:, :size], old[3][:size]
            self.matrix[:size] = old[4][:size]


class VectorMemory:
    """Holds what ``vectors`` stores (4 bytes per dimension and prompt) and follows its changes.

    Safe to use from any thread. The rule of who sees what is a mask that is laid over the rows before
    the best are taken, so that what one may not see takes nobody's place.
    """

    def __init__(self, vectors: VectorTable) -> None:
        self._vectors = vectors
        self._guard = threading.Lock()
        self._rows = _Rows("")

    def nearest(
        self, vector: Vector, viewer: Viewer, limit: int, among: Sequence[int] | None = None
    ) -> list[int] | None:
        """Return the numbers of the nearest prompts that ``viewer`` may see, nearest first.

        ``among`` narrows them further. None means that there are too many vectors to hold.
        """
        with self._guard:
            if not self._follow():
                return None
            size = self._rows.size
            allowed = self._rows.allowed(viewer)
            numbers, matrix = self._rows.numbers[:size], self._rows.matrix[:size]
        if among is not None:
            allowed &= np.isin(numbers, np.fromiter(among, np.int64, len(among)))
        chosen = np.flatnonzero(allowed)
        if not len(chosen):
            return []
        # Gathering rows costs a copy, which pays when few are compared.
        likeness = matrix[chosen] @ vector if len(chosen) < size // 8 else (matrix @ vector)[chosen]
        best = np.arange(len(chosen))
        if len(best) > limit:
            best = np.argpartition(-likeness, limit)[:limit]
        best = best[np.lexsort((numbers[chosen[best]], -likeness[best]))]
        return [int(number) for number in numbers[chosen[best]]]

    def follow(self) -> None:
        """Take in what was stored since the last time, so that the next question answers at once."""
        with self._guard:
            self._follow()

    def _follow(self) -> bool:
        """Take in what was stored or deleted since the last time; False when it is too much to hold."""
        identity = self._vectors.identity()
        if identity != self._rows.identity:
            self._rows = _Rows(identity)
        rows = self._rows
        if self._vectors.last_position() > rows.position:
            size = rows.size + self._vectors.count(after=rows.position)
            if size * self._vectors.embedder.dimensions * 4 > MOST_BYTES:
                self._rows = _Rows(identity)
                return False
        # Read before the new rows: a row deleted in between is met the next time.
        removed = self._vectors.removed_after(rows.removed)
        for batch in self._vectors.after(rows.position):
            rows.take_in(batch)
        if removed:
            rows.take_out(removed)
        return True
