"""What people said of a run itself: where no prompt was kept, and where the run left none at all."""

from __future__ import annotations

import time
from collections.abc import Callable

from storage.database import Database
from storage.reviews import Review, ReviewKind, Votes, count_votes
from storage.secrets import refuse_secrets
from storage.text_values import from_column, to_column


class RunReviewTable:
    """Reviews by run; they go with it. Whoever calls has checked that the run may be seen.

    Every method raises ``StorageError`` when the database fails.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(self, run_id: str, kind: ReviewKind, reviewer: str, text: str = "") -> None:
        """Store what somebody said of the run: a vote, or a wish.

        Raises:
            InputError: the text holds what looks like a secret.
        """
        refuse_secrets(text, "review")
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO run_reviews (run_id, reviewer, kind, text, at) VALUES (?, ?, ?, ?, ?)",
                (run_id, reviewer, kind, to_column(text), self._clock()),
            )

    def of(self, run_id: str) -> list[Review]:
        """Return the reviews of a run, oldest first."""
        rows = self._database.rows(
            "SELECT reviewer, kind, text, at FROM run_reviews WHERE run_id = ? ORDER BY id", (run_id,)
        )
        return [Review(reviewer, kind, from_column(text), at) for reviewer, kind, text, at in rows]

    def votes(self, run_id: str) -> Votes:
        """Count the last vote of each person."""
        return count_votes(self.of(run_id))
