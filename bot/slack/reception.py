"""What the listeners share: settings, store, service, and the memory of what was seen a moment ago."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.background.service import RunService
from bot.config import BotSettings
from bot.slack.clients import Whoami
from bot.slack.doors import Doors
from bot.slack.forms import FormFacts
from bot.slack.members import Members, Permalinks
from bot.slack.names import Names
from bot.slack.posters import Posters
from bot.slack.team_lessons import TeamLessons
from storage.store import Store


class Recent:
    """A bounded, thread-safe memory of keys; the oldest are forgotten."""

    def __init__(self, size: int = 1_000) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[str, None] = OrderedDict()

    def first(self, key: str) -> bool:
        """Note ``key`` and tell whether it was new: a delivery that comes twice is not."""
        with self._lock:
            if key in self._known:
                return False
            self._known[key] = None
            while len(self._known) > self._size:
                self._known.popitem(last=False)
            return True


def _nothing() -> None:
    """Whoever tidies up comes by in time."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Handed to every listener module."""

    settings: BotSettings
    store: Store
    service: RunService
    doors: Doors
    members: Members
    links: Permalinks
    names: Names
    posters: Posters
    lessons: TeamLessons
    form_facts: FormFacts
    who: Callable[[str], Whoami]
    """Who the bot is in a workspace."""
    erased: Callable[[], None] = _nothing
    """Lets the files of a deleted run be deleted at Slack too, soon."""
    told: Recent = field(default_factory=Recent)
    """Refusals that a person has seen already, so that nobody reads the same one twice."""
