"""What the bot does once a day: deletes what is too old, here and at Slack."""

from __future__ import annotations

import logging
import threading
from typing import Protocol

from bot.background.departures import Departures
from optimizer.errors import PromptbeamError
from storage.store import Store
from storage.uploads import UploadTable

logger = logging.getLogger(__name__)

DAY_SECONDS = 86_400.0
SOON_SECONDS = 1.0
"""How long runs that were told to stop get until somebody looks again."""


class Places(Protocol):
    """Knows how the channels are in which something was made."""

    def follow_all(self) -> None:
        """Keep what was made in them as open or closed as they are now."""
        ...


class UploadRemover(Protocol):
    """Deletes the bot's own uploads where they are kept."""

    def remove(self, file_id: str, team: str = "") -> bool:
        """Delete a file of the workspace ``team``: True when it is gone, also before; False to try later."""
        ...


def remove_uploads(uploads: UploadTable, remover: UploadRemover) -> int:
    """Delete the files that wait for it, and return how many are gone.

    Raises:
        StorageError: the database failed; a file that was deleted meanwhile counts as gone the next time.
    """
    gone = 0
    for file_id, team in uploads.doomed_with_team():
        if remover.remove(file_id, team):
            uploads.forget(file_id)
            gone += 1
    return gone


class Housekeeping:
    """A thread that tidies up at the start and then every day. ``days`` None keeps everything.

    What belonged to workspaces that left is purged when it is due, by ``departures``.

    Use as a context manager. Files of runs that somebody deleted are removed at Slack soon after
    ``wake``.
    """

    def __init__(
        self,
        store: Store,
        remover: UploadRemover,
        days: int | None,
        departures: Departures | None = None,
        places: Places | None = None,
    ) -> None:
        self._store = store
        self._remover = remover
        self._days = days
        self._departures = departures
        self._places = places
        self._woken = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._work, name="housekeeping", daemon=True)

    def __enter__(self) -> Housekeeping:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        self._woken.set()
        self._thread.join(timeout=10)

    def wake(self) -> None:
        """Do the next round now: something was deleted."""
        self._woken.set()

    def tidy(self) -> bool:
        """Do one round; False when a purge has to wait for runs to end.

        Raises:
            StorageError: the database fails.
        """
        purged = True
        if self._departures is not None:
            self._departures.stop_runs()
            purged = self._departures.purge()
        if self._days is not None:
            erased = self._store.eraser.older_than(self._days)
            if erased.runs:
                logger.info("deleted %d runs that ended more than %d days ago", erased.runs, self._days)
            if erased.left:
                logger.warning("%d runs that are to be deleted are left for the next time", erased.left)
        if self._places is not None:
            self._places.follow_all()
        self._store.result_files.sweep()
        gone = remove_uploads(self._store.uploads, self._remover)
        if gone:
            logger.info("deleted %d uploaded files at Slack", gone)
        return purged

    def _work(self) -> None:
        while not self._ending:
            purged = True
            try:
                purged = self.tidy()
            except PromptbeamError as error:
                logger.warning("housekeeping has to wait: %s", error.message)
            except Exception:
                logger.exception("housekeeping failed")
            self._woken.wait(DAY_SECONDS if purged else SOON_SECONDS)
            self._woken.clear()
