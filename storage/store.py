"""The store of one process: opens the folder, brings the schema up to date, hands out its parts."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from storage.backup import BackupFile, back_up
from storage.database import Database
from storage.deletion import Eraser
from storage.deliveries import DeliveryTable
from storage.drafts import DraftTable
from storage.embeddings import Embedder, HashEmbedder
from storage.errors import StorageError
from storage.index_places import ServerPlace
from storage.journal import SqliteJournal
from storage.lessons import LessonTable
from storage.oauth_states import OAuthStateTable
from storage.outbox import OutboxTable
from storage.places import PlaceTable
from storage.privacy import PrivacyTable
from storage.prompts import PromptLibrary
from storage.result_files import ResultFiles
from storage.run_reviews import RunReviewTable
from storage.runs import RunTable
from storage.uploads import UploadTable
from storage.workspaces import WorkspaceTable


class Store:
    """Everything that is kept below ``folder``: ``promptbeam.sqlite`` (the truth) and ``chroma/`` (an index).

    One per process, safe to use from any thread. A folder that does not exist is made, for its
    owner's eyes only. With ``chroma_url`` the index lives on the Chroma server there.

    Raises:
        ConfigError: ``chroma_url`` is not an address.
        StorageError: the folder cannot be used, the file is damaged or was written by a newer version.
    """

    def __init__(self, folder: Path, embedder: Embedder | None = None, *, chroma_url: str = "") -> None:
        place = ServerPlace(folder, chroma_url) if chroma_url else None
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError(
                f"The folder {folder} cannot be made.",
                "Check the path and its permissions, or choose another one.",
            ) from error
        self.folder = folder
        self.database = Database(folder / "promptbeam.sqlite")
        _keep_private(self.database.path)
        from storage.migrating import migrate  # heavier than all the rest: only when a store is opened

        try:
            migrate(self.database)
        except StorageError:
            self.database.close()
            raise
        self.journal = SqliteJournal(self.database)
        self.runs = RunTable(self.database)
        self.run_reviews = RunReviewTable(self.database)
        self.outbox = OutboxTable(self.database)
        self.drafts = DraftTable(self.database)
        self.deliveries = DeliveryTable(self.database)
        self.places = PlaceTable(self.database)
        self.privacy = PrivacyTable(self.database)
        self.uploads = UploadTable(self.database)
        self.workspaces = WorkspaceTable(self.database)
        self.oauth_states = OAuthStateTable(self.database)
        self.result_files = ResultFiles(self.database)
        self.eraser = Eraser(self.database, self.result_files)
        embedder = embedder or HashEmbedder()
        self.prompts = PromptLibrary(self.database, folder, embedder, place=place)
        self.lessons = LessonTable(self.database, embedder)

    def back_up(self, target: Path) -> BackupFile:
        """Copy the database to a file or into a folder while others use it; see ``storage.backup``."""
        return back_up(self.database, target)

    def close(self) -> None:
        """Write what is waiting and close all files."""
        self.journal.close()
        self.prompts.close()
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _keep_private(path: Path) -> None:
    """Let nobody but its owner read the database: SQLite gives its other files the same permissions."""
    with suppress(OSError):  # opening it says what is wrong; a file of somebody else's stays as it is
        os.close(os.open(path, os.O_CREAT, 0o600))
        for part in (path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm"))):
            if part.exists():
                part.chmod(0o600)
