"""What people said of a stored prompt, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from optimizer.errors import InputError
from storage.database import Database
from storage.prompt_record import PromptStatus
from storage.secrets import refuse_secrets
from storage.text_values import from_column, to_column

ReviewKind = Literal["up", "down", "accept", "reject", "request_changes"]
"""A vote (of each person the last one counts), a decision, or a wish."""

Decision = Literal["accept", "reject"]
DECISIONS: dict[ReviewKind, PromptStatus] = {"accept": "accepted", "reject": "rejected"}
"""Reviews that give a prompt its status."""
_VOTES = ("up", "down")
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Review:
    """One thing that ``reviewer`` said at ``at`` (seconds since 1970); ``text`` may be empty."""

    reviewer: str
    kind: ReviewKind
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Votes:
    """How many people are for a prompt and how many against it, by the last vote of each."""

    up: int
    down: int


def count_votes(reviews: Iterable[Review]) -> Votes:
    """Count the last vote of each person; ``reviews`` come oldest first."""
    last = {review.reviewer: review.kind for review in reviews if review.kind in _VOTES}
    kinds = list(last.values())
    return Votes(kinds.count("up"), kinds.count("down"))


class ReviewTable:
    """Reviews by the number of their prompt. Whoever calls has checked that the prompt may be seen.

    Every method raises ``StorageError`` when the database fails.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(self, number: int, kind: ReviewKind, reviewer: str, text: str = "") -> Review:
        """Store a review; a decision gives the prompt its status in the same transaction.

        Raises:
            InputError: the text holds what looks like a secret, or is too long.
        """
        refuse_secrets(text, "review")
        if len(text) > _LONGEST:
            raise InputError(
                f"The review has {len(text)} characters.", f"Use at most {_LONGEST}.", field="review"
            )
        review = Review(reviewer, kind, text, self._clock())
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO prompt_reviews (number, reviewer, kind, text, at) VALUES (?, ?, ?, ?, ?)",
                (number, reviewer, kind, to_column(text), review.at),
            )
            if kind in DECISIONS:
                self.set_status(number, DECISIONS[kind], reviewer)
        return review

    def of(self, number: int) -> list[Review]:
        """Return the reviews of a prompt, oldest first."""
        rows = self._database.rows(
            "SELECT reviewer, kind, text, at FROM prompt_reviews WHERE number = ? ORDER BY id", (number,)
        )
        return [Review(reviewer, kind, from_column(text), at) for reviewer, kind, text, at in rows]

    def votes(self, number: int) -> Votes:
        """Count the last vote of each person."""
        return count_votes(self.of(number))

    def set_status(self, number: int, status: PromptStatus, by: str) -> None:
        """Give a prompt its status; the accepted one supersedes the one accepted before it.

        Only a version that the same people see is superseded: what somebody accepts for themselves
        changes nothing for the others.
        """
        now = self._clock()
        change = "UPDATE prompts SET status = ?, status_by = ?, status_at = ?"
        with self._database.write() as connection:
            if status == "accepted":
                connection.execute(
                    f"{change} WHERE status = 'accepted' AND number <> ? AND (family, audience) ="
                    " (SELECT family, audience FROM prompts WHERE number = ?) AND (audience <> 'owner' OR owner_key ="
                    " (SELECT owner_key FROM prompts WHERE number = ?))",
                    ("superseded", by, now, number, number, number),
                )
            connection.execute(f"{change} WHERE number = ?", (status, by, now, number))
