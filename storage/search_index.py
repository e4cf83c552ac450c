"""The Chroma index over prompt vectors: derived from SQLite, disposable, rebuilt when in doubt."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import StorageError
from storage.file_lock import try_to_hold
from storage.index_seal import SealFile
from storage.vectors import VectorTable
from storage.visibility import Viewer, chroma_where

if TYPE_CHECKING:
    from storage.vectors import IndexRow, Vector

logger = logging.getLogger(__name__)

_PATIENCE = 2.0
"""Seconds that a question waits for another thread's work on the index before it does without."""


class SearchIndex:
    """Answers which prompts are nearest to a vector, among those that a viewer may see.

    The index belongs to one process at a time (a lock file tells); another process, and a machine
    where Chroma cannot be opened, compares the vectors in SQLite one by one instead.

    Chroma rewrites its files in place, and a process that dies meanwhile can leave files that crash
    whoever opens them. So the index is opened only under an unbroken seal; otherwise it is built
    anew in a directory of its own, and the old one is deleted unopened.
    """

    def __init__(self, folder: Path, vectors: VectorTable) -> None:
        self._root = folder / "chroma"
        self._seal = SealFile(folder / "chroma.seal", self._root)
        self._lock_file = folder / "chroma.lock"
        self._vectors = vectors
        self._guard = threading.RLock()
        self._held: int | None = None
        self._client: Any = None
        self._collection: Any = None
        self._directory = ""
        self._position = -1
        self._broken = False
        self._failed_before = False

    @property
    def uses_chroma(self) -> bool:
        """Tell whether Chroma is open and answers the questions."""
        return self._collection is not None

    def nearest(self, vector: Vector, viewer: Viewer, limit: int) -> list[int]:
        """Return the numbers of the nearest prompts that ``viewer`` may see, nearest first."""
        if self._guard.acquire(timeout=_PATIENCE):
            try:
                if self._up_to_date():
                    return self._query(vector, viewer, limit)
            except _chroma_errors():
                logger.warning("the Chroma index failed a question", exc_info=True)
                self._give_up()
                self._broken = self._failed_before
                self._failed_before = True
            finally:
                self._guard.release()
        return self._vectors.scan(vector, viewer, limit)

    def catch_up(self) -> None:
        """Open the index and take in the vectors that were stored since the last time."""
        with self._guard:
            self._up_to_date()

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
            self._drop_connection()
            self._seal.break_()
            self._broken = self._failed_before = False
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
        return [int(name) for name in found["ids"][0]]

    def _up_to_date(self) -> bool:
        """Bring the index up to date, at worst by building it anew; False when it is not to be had."""
        if self._broken or not self._take_lock():
            return False
        try:
            if self._collection is not None or self._open_sealed():
                self._take_in_new()
                return True
        except _chroma_errors():
            logger.warning("the Chroma index is damaged and is built anew", exc_info=True)
        try:
            self._build()
        except _chroma_errors():
            logger.warning("Chroma is out of use: vectors in SQLite are compared one by one", exc_info=True)
            self._give_up()
            self._broken = True
        return not self._broken

    def _open_sealed(self) -> bool:
        """Open the index of an earlier process if it is whole and holds what SQLite held at that time."""
        seal = self._seal.read()
        self._seal.break_()
        if seal is None or seal.space != self._vectors.space:
            return False
        if self._vectors.count(seal.position) != seal.count:
            return False
        self._connect(seal.directory)
        self._position = seal.position
        if self._collection.count() != seal.count:
            return False
        self._set_seal()
        return True

    def _build(self) -> None:
        """Build the index from SQLite in a directory of its own, and delete all others."""
        self._drop_connection()
        self._seal.break_()
        if self._root.is_file():
            self._root.unlink()
        shutil.rmtree(self._root, ignore_errors=True)
        self._root.mkdir(mode=0o700, exist_ok=True)
        self._connect(uuid.uuid4().hex)
        self._position = -1
        for rows in self._vectors.after(-1):
            self._put(rows)
        self._set_seal()

    def _connect(self, directory: str) -> None:
        import chromadb
        from chromadb.config import Settings

        self._client = chromadb.PersistentClient(
            path=str(self._root / directory), settings=Settings(anonymized_telemetry=False)
        )
        self._collection = self._client.get_or_create_collection(
            f"prompts-{self._vectors.space}",
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine"}},
        )
        self._directory = directory

    def _take_in_new(self) -> None:
        if self._vectors.last_position() <= self._position:
            return
        self._seal.break_()
        for rows in self._vectors.after(self._position):
            self._put(rows)
        self._set_seal()

    def _put(self, rows: list[IndexRow]) -> None:
        import numpy as np

        self._collection.upsert(
            ids=[str(number) for _, number, _, _, _ in rows],
            documents=[text.encode("utf-8", "replace").decode() for _, _, text, _, _ in rows],
            metadatas=[marks for _, _, _, marks, _ in rows],
            embeddings=np.stack([vector for _, _, _, _, vector in rows]),
        )
        self._position = rows[-1][0]

    def _set_seal(self) -> None:
        self._seal.set(self._directory, self._vectors.space, self._position, self._collection.count())

    def _take_lock(self) -> bool:
        if self._held is not None:
            return True
        try:
            self._held = try_to_hold(self._lock_file)
        except OSError:
            logger.warning("the lock file %s cannot be opened", self._lock_file, exc_info=True)
            self._broken = True
            return False
        if self._held is None:
            logger.info("another process has the Chroma index: vectors in SQLite are compared one by one")
        return self._held is not None

    def _give_up(self) -> None:
        """Leave the index as one that nobody opens again; the next question builds it anew."""
        self._seal.break_()
        self._drop_connection()

    def _drop_connection(self) -> None:
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            client.close()


def _chroma_errors() -> tuple[type[Exception], ...]:
    """Return what chromadb is known to raise for a missing package, a damaged file or a wrong state."""
    named: tuple[type[Exception], ...] = (
        *(ImportError, OSError, RuntimeError),
        *(ValueError, KeyError, TypeError, AttributeError),  # its own stumbles over a damaged directory
    )
    try:
        from chromadb.errors import ChromaError
    except ImportError:
        return named
    return (*named, ChromaError)
