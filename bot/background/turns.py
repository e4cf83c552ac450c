"""Whose run is next: limits per service, workspace and person, and an order in which nobody starves another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from optimizer.errors import ConfigError

Person: TypeAlias = tuple[str, str]
"""Workspace and user."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many runs may be under way at once, and how many may wait. None means no limit of its own.

    Raises:
        ConfigError: a limit is below 1.
    """

    service: int = 4
    per_workspace: int | None = None
    per_person: int | None = None
    waiting: int = 100

    def __post_init__(self) -> None:
        given = (self.service, self.per_workspace, self.per_person, self.waiting)
        if any(limit is not None and limit < 1 for limit in given):
            raise ConfigError("A limit on runs is below 1.", "Set it to 1 or more, or leave it out.")


@dataclass(slots=True)
class Turns:
    """The runs that wait and those under way. Not thread-safe; holds no clock.

    Among the people who may start another run, the one with the fewest under way is next; among
    equals the one who was served longest ago; a person's own runs keep the order in which they were asked for.
    """

    limits: Limits
    _waiting: dict[str, Person] = field(default_factory=dict)
    _under_way: dict[str, Person] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)
    _served: dict[Person, int] = field(default_factory=dict)
    _count: int = 0

    def join(self, run_id: str, person: Person, asked: float = 0.0) -> None:
        """Let a run wait for its turn. ``asked`` is when it was asked for: runs get ready in another order."""
        if run_id in self._under_way:
            return
        self._asked[run_id] = asked
        waiting = {**self._waiting, run_id: person}
        self._waiting = dict(sorted(waiting.items(), key=lambda item: self._asked[item[0]]))

    def leave(self, run_id: str) -> None:
        """Forget a run, whether it waited or was under way."""
        self._waiting.pop(run_id, None)
        self._under_way.pop(run_id, None)
        self._asked.pop(run_id, None)

    def go_on(self, run_id: str, person: Person) -> None:
        """Count a run that was under way before a restart, whatever the limits say now."""
        self._waiting.pop(run_id, None)
        self._start(run_id, person)

    def start_next(self) -> str | None:
        """Move the next run that may start from waiting to under way and return it; None when there is none."""
        run_id = next(self._order(), None)
        if run_id is not None:
            self._start(run_id, self._waiting.pop(run_id))
        return run_id

    def waits(self, run_id: str) -> bool:
        """Tell whether the run still waits for its turn."""
        return run_id in self._waiting

    def ahead(self, run_id: str) -> int:
        """Return how many of the waiting runs will start before this one, as things stand (1: it is next)."""
        rehearsal = Turns(
            Limits(service=len(self._waiting) + len(self._under_way) + 1),
            dict(self._waiting),
            dict(self._under_way),
            dict(self._asked),
            dict(self._served),
            self._count,
        )
        for place in range(1, len(self._waiting) + 1):
            if rehearsal.start_next() == run_id:
                return place
        return 1

    @property
    def waiting(self) -> int:
        """How many runs wait."""
        return len(self._waiting)

    def _start(self, run_id: str, person: Person) -> None:
        self._under_way[run_id] = person
        self._count += 1
        self._served[person] = self._count

    def _order(self) -> Iterator[str]:
        """Yield the runs that may start now, best first."""
        if len(self._under_way) >= self.limits.service:
            return
        by_person = Counter(self._under_way.values())
        by_team = Counter(team for team, _ in self._under_way.values())
        first: dict[Person, str] = {}
        for run_id, person in self._waiting.items():
            first.setdefault(person, run_id)
        may = [
            person
            for person in first
            if _below(by_person[person], self.limits.per_person)
            and _below(by_team[person[0]], self.limits.per_workspace)
        ]
        arrival = {person: place for place, person in enumerate(first)}
        may.sort(key=lambda person: (by_person[person], self._served.get(person, 0), arrival[person]))
        for person in may:
            yield first[person]


def _below(count: int, limit: int | None) -> bool:
    return limit is None or count < limit
