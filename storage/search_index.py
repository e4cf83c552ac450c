"""The Chroma index over prompt vectors: derived from SQLite, disposable, rebuilt when in doubt."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import StorageError
from storage.file_lock import try_to_hold
from storage.vectors import VectorTable
from storage.visibility import Viewer, chroma_where

if TYPE_CHECKING:
    from storage.vectors import IndexRow, Vector

logger = logging.getLogger(__name__)


class SearchIndex:
    """Answers which prompts are nearest to a vector, among those that a viewer may see.

    The directory belongs to one process at a time (a lock file tells); another process, and a
    machine where Chroma cannot be opened, compares the vectors in SQLite one by one instead.

    Chroma rewrites its files in place and can be left in a state that crashes the process that
    opens it. So a marker file exists whenever Chroma might be writing or is being opened for the
    first time: a process that finds it at the start deletes the directory and builds it anew.
    """

    def __init__(self, folder: Path, vectors: VectorTable) -> None:
        self._path = folder / "chroma"
        self._marker = folder / "chroma.dirty"
        self._lock_file = folder / "chroma.lock"
        self._vectors = vectors
        self._guard = threading.RLock()
        self._client: Any = None
        self._collection: Any = None
        self._held: int | None = None
        self._position = -1
        self._broken = False

    @property
    def uses_chroma(self) -> bool:
        """Tell whether the next question goes to Chroma (as far as is known now)."""
        with self._guard:
            return self._collection is not None

    def nearest(self, vector: Vector, viewer: Viewer, limit: int) -> list[int]:
        """Return the numbers of the nearest prompts that ``viewer`` may see, nearest first."""
        with self._guard:
            if self._ready():
                try:
                    return self._query(vector, viewer, limit)
                except _chroma_errors():
                    logger.warning("the Chroma index failed and is rebuilt", exc_info=True)
                    if self._reopened():
                        return self._query(vector, viewer, limit)
        return self._vectors.scan(vector, viewer, limit)

    def catch_up(self) -> None:
        """Take in the vectors that were stored since the last time."""
        with self._guard:
            if not self._ready():
                return
            try:
                self._take_in_new()
            except _chroma_errors():
                logger.warning("the Chroma index failed and is rebuilt", exc_info=True)
                self._reopened()

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
            self._broken = False
            self._drop_connection()
            self._mark()
            if not self._ready():
                raise StorageError(
                    "Chroma cannot be opened.", "The log has the reason; search works without it."
                )
            return int(self._collection.count())

    def close(self) -> None:
        """Release the directory; the next question opens it again."""
        with self._guard:
            self._drop_connection()
            if self._held is not None:
                os.close(self._held)
                self._held = None

    def _query(self, vector: Vector, viewer: Viewer, limit: int) -> list[int]:
        self._take_in_new()
        found = self._collection.query(
            query_embeddings=[vector], n_results=limit, where=chroma_where(viewer), include=["distances"]
        )
        return [int(name) for name in found["ids"][0]]

    def _ready(self) -> bool:
        """Open the index if it can be opened by this process."""
        if self._collection is not None:
            return True
        if self._broken or not self._take_lock():
            return False
        try:
            self._open()
        except _chroma_errors():
            logger.warning("the Chroma index cannot be opened and is rebuilt", exc_info=True)
            return self._reopened()
        return True

    def _reopened(self) -> bool:
        """Delete the directory and build it anew; on failure do without Chroma from now on."""
        try:
            self._drop_connection()
            self._mark()
            self._open()
        except _chroma_errors():
            logger.warning("Chroma is out of use; vectors in SQLite are compared one by one", exc_info=True)
            self._drop_connection()
            self._broken = True
            return False
        return True

    def _open(self) -> None:
        import chromadb
        from chromadb.config import Settings

        doubtful = self._marker.exists()
        self._mark()
        if doubtful:
            shutil.rmtree(self._path, ignore_errors=True)
        self._client = chromadb.PersistentClient(
            path=str(self._path), settings=Settings(anonymized_telemetry=False)
        )
        collection = self._created()
        if collection.count() != self._vectors.count():
            self._client.delete_collection(collection.name)
            collection = self._created()
            self._position = -1
            for rows in self._vectors.after(-1):
                self._put(collection, rows)
        else:
            self._position = self._vectors.last_position()
        self._collection = collection
        self._unmark()

    def _created(self) -> Any:
        return self._client.get_or_create_collection(
            f"prompts-{self._vectors.space}",
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine"}},
        )

    def _take_in_new(self) -> None:
        for rows in self._vectors.after(self._position):
            self._mark()
            self._put(self._collection, rows)
            self._unmark()

    def _put(self, collection: Any, rows: list[IndexRow]) -> None:
        import numpy as np

        collection.upsert(
            ids=[str(number) for _, number, _, _, _ in rows],
            documents=[text.encode("utf-8", "replace").decode() for _, _, text, _, _ in rows],
            metadatas=[marks for _, _, _, marks, _ in rows],
            embeddings=np.stack([vector for _, _, _, _, vector in rows]),
        )
        self._position = rows[-1][0]

    def _take_lock(self) -> bool:
        if self._held is None:
            self._held = try_to_hold(self._lock_file)
            if self._held is None:
                logger.info("another process has the Chroma index; vectors in SQLite are compared one by one")
        return self._held is not None

    def _drop_connection(self) -> None:
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            client.close()

    def _mark(self) -> None:
        descriptor = os.open(self._marker, os.O_CREAT | os.O_WRONLY, 0o600)
        os.fsync(descriptor)
        os.close(descriptor)

    def _unmark(self) -> None:
        self._marker.unlink(missing_ok=True)


def _chroma_errors() -> tuple[type[BaseException], ...]:
    """Return what chromadb is known to raise for a missing package, a damaged file or a wrong state."""
    named: tuple[type[BaseException], ...] = (
        ImportError,
        OSError,
        RuntimeError,
        ValueError,
        KeyError,
        TypeError,
    )
    try:
        from chromadb.errors import ChromaError
    except ImportError:
        return named
    return (*named, ChromaError)
