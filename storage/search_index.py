"""The Chroma index over prompt vectors: derived from SQLite, disposable, rebuilt when in doubt."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import StorageError
from storage.file_lock import try_to_hold
from storage.index_places import FolderPlace, IndexPlace
from storage.index_seal import Seal
from storage.vectors import VectorTable
from storage.visibility import Viewer, chroma_where

if TYPE_CHECKING:
    from storage.vectors import IndexRow, Vector

logger = logging.getLogger(__name__)

_PATIENCE = 2.0
"""Seconds that a question waits for another thread's work on the index before it does without."""
_REST = 30.0
"""Seconds after which an index that could not be used is tried once more."""
_BATCH = 500


class SearchIndex:
    """Answers which prompts are nearest to a vector, among those that a viewer may see.

    The index belongs to one process at a time (a lock file tells); another process, and a machine
    where Chroma cannot be opened, compares the vectors in SQLite one by one instead.

    Chroma rewrites its files in place, and a process that dies meanwhile can leave files that crash
    whoever opens them. So the index is opened only under an unbroken seal; otherwise it is built
    anew, and the old one is deleted unopened. It holds vectors under their positions and who may see
    them, but no text.
    """

    def __init__(
        self,
        folder: Path,
        vectors: VectorTable,
        place: IndexPlace | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place or FolderPlace(folder)
        self._lock_file = folder / "chroma.lock"
        self._vectors = vectors
        self._clock = clock
        self._guard = threading.RLock()
        self._held: int | None = None
        self._collection: Any = None
        self._directory = ""
        self._identity = ""
        self._position = -1
        self._removed = 0
        self._out_until = 0.0
        self._failed_before = False

    @property
    def uses_chroma(self) -> bool:
        """Tell whether Chroma is open and answers the questions."""
        return self._collection is not None

    def nearest(self, vector: Vector, viewer: Viewer, limit: int) -> list[int] | None:
        """Return the numbers of the nearest prompts that ``viewer`` may see, nearest first.

        None when the index cannot be asked now.
        """
        if self._guard.acquire(timeout=_PATIENCE):
            try:
                if self._up_to_date():
                    return self._query(vector, viewer, limit)
            except _chroma_errors() as error:
                _log("the Chroma index failed a question", error)
                self._give_up(rest=self._failed_before)
                self._failed_before = True
            finally:
                self._guard.release()
        return None

    def catch_up(self, *, wait: bool = True) -> None:
        """Open the index and follow what was stored and deleted since the last time.

        Without ``wait`` it is left to the thread that is at work on the index, if there is one.
        """
        if self._guard.acquire(blocking=wait):
            try:
                self._up_to_date()
            finally:
                self._guard.release()

    def rebuild(self) -> int:
        """Drop the index, build it from SQLite, and return how many prompts it holds.

        Raises:
            StorageError: another process uses the index, or Chroma cannot be opened.
        """
        with self._guard:
            if not self._take_lock():
                raise StorageError(
                    "Another process uses the search index.",
                    "Stop the bot first, then run the command again.",
                )
            self._give_up(rest=False)
            self._out_until = 0.0
            self._failed_before = False
            if not self._up_to_date():
                raise StorageError(
                    "Chroma cannot be opened.", "The log has the reason; search works without it."
                )
            return int(self._collection.count())

    def close(self) -> None:
        """Release the index; the next question opens it again."""
        with self._guard:
            self._drop_connection()
            if self._held is not None:
                os.close(self._held)
                self._held = None

    def _query(self, vector: Vector, viewer: Viewer, limit: int) -> list[int]:
        found = self._collection.query(
            query_embeddings=[vector], n_results=limit, where=chroma_where(viewer), include=["distances"]
        )
        return self._vectors.numbers_at([int(name) for name in found["ids"][0]])

    def _up_to_date(self) -> bool:
        """Bring the index up to date, at worst by building it anew; False when it is not to be had."""
        if self._clock() < self._out_until or not self._take_lock():
            return False
        try:
            if self._collection is not None or self._open_sealed():
                if self._identity == self._vectors.identity():
                    self._follow()
                    return True
                logger.info("a backup was brought back: the Chroma index is built anew")
        except _chroma_errors() as error:
            _log("the Chroma index is damaged or gone and is built anew", error)
        try:
            self._build()
        except _chroma_errors() as error:
            _log("Chroma is out of use: vectors in SQLite are compared one by one", error)
            self._give_up(rest=True)
            return False
        return True

    def _open_sealed(self) -> bool:
        """Open the index of an earlier process if it is whole and holds what SQLite held at that time."""
        seal = self._place.seal.read()
        self._place.seal.break_()
        if seal is None or (seal.space, seal.identity) != (self._vectors.space, self._vectors.identity()):
            return False
        gone = [at for _, at in self._vectors.removed_after(seal.removed) if at <= seal.position]
        if self._vectors.count(seal.position) + len(gone) != seal.count:
            return False
        self._collection = self._place.open(seal)
        self._directory, self._identity = seal.directory, seal.identity
        self._position, self._removed = seal.position, seal.removed
        if self._collection.count() != seal.count:
            return False
        self._set_seal()
        return True

    def _build(self) -> None:
        """Build the index from SQLite in a new place, and delete the old one."""
        self._drop_connection()
        self._place.seal.break_()
        self._identity = self._vectors.identity()
        removed = self._vectors.removed_after(0)
        self._collection, self._directory = self._place.make(self._vectors.space, self._identity)
        self._position = -1
        self._removed = removed[-1][0] if removed else 0
        for rows in self._vectors.after(-1):
            self._put(rows)
        self._set_seal()

    def _follow(self) -> None:
        """Take out what was deleted and take in what was stored since the last time."""
        removed = self._vectors.removed_after(self._removed)
        if not removed and self._vectors.last_position() <= self._position:
            return
        self._place.seal.break_()
        gone = [position for _, position in removed if position <= self._position]
        for start in range(0, len(gone), _BATCH):
            self._collection.delete(ids=[str(position) for position in gone[start : start + _BATCH]])
        if removed:
            self._removed = removed[-1][0]
        for rows in self._vectors.after(self._position):
            self._put(rows)
        self._set_seal()

    def _put(self, rows: list[IndexRow]) -> None:
        import numpy as np

        self._collection.upsert(
            ids=[str(position) for position, _, _, _ in rows],
            metadatas=[marks for _, _, marks, _ in rows],
            embeddings=np.stack([vector for _, _, _, vector in rows]),
        )
        self._position = rows[-1][0]

    def _set_seal(self) -> None:
        self._place.seal.set(
            Seal(
                directory=self._directory,
                space=self._vectors.space,
                identity=self._identity,
                position=self._position,
                count=self._collection.count(),
                removed=self._removed,
            )
        )

    def _take_lock(self) -> bool:
        if self._held is not None:
            return True
        try:
            self._held = try_to_hold(self._lock_file)
        except OSError:
            logger.warning("the lock file %s cannot be opened", self._lock_file, exc_info=True)
            self._out_until = self._clock() + _REST
            return False
        if self._held is None:
            logger.info("another process has the Chroma index: vectors in SQLite are compared one by one")
        return self._held is not None

    def _give_up(self, *, rest: bool) -> None:
        """Leave the index as one that nobody opens again; the next question, perhaps later, builds it anew."""
        self._place.seal.break_()
        self._drop_connection()
        if rest:
            self._out_until = self._clock() + _REST

    def _drop_connection(self) -> None:
        self._collection = None
        self._place.close()


def _log(what: str, error: Exception) -> None:
    """Warn in one line; a person at a terminal needs no traceback of what is made up for."""
    logger.warning("%s (%s)", what, type(error).__name__)
    logger.debug("the cause", exc_info=error)


def _chroma_errors() -> tuple[type[Exception], ...]:
    """Return what chromadb is known to raise for a missing package, a damaged file or a wrong state."""
    named: tuple[type[Exception], ...] = (
        *(ImportError, OSError, RuntimeError),
        *(ValueError, KeyError, TypeError, AttributeError),  # its own stumbles over a damaged directory
    )
    try:
        from chromadb.errors import ChromaError
        from httpx import HTTPError  # what it lets through when its server is away
    except ImportError:
        return named
    return (*named, ChromaError, HTTPError)
