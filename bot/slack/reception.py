"""What the listeners share: settings, store, service, and the memory of what was seen a moment ago."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from bot.background.service import RunService
from bot.config import BotSettings
from bot.slack.forms import FormFacts
from bot.slack.members import Members, Permalinks
from storage.store import Store


class Recent:
    """A bounded, thread-safe memory of keys and their values; the oldest are forgotten."""

    def __init__(self, size: int = 1_000) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[str, str] = OrderedDict()

    def first(self, key: str) -> bool:
        """Note ``key`` and tell whether it was new: a delivery that comes twice is not."""
        with self._lock:
            if key in self._known:
                return False
            self._put(key, "")
            return True

    def keep(self, key: str, value: str) -> None:
        """Keep ``value`` under ``key``."""
        with self._lock:
            self._put(key, value)

    def get(self, key: str) -> str:
        """Return what was kept, or an empty text."""
        with self._lock:
            return self._known.get(key, "")

    def _put(self, key: str, value: str) -> None:
        self._known[key] = value
        while len(self._known) > self._size:
            self._known.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Reception:
    """Handed to every listener module."""

    settings: BotSettings
    store: Store
    service: RunService
    members: Members
    links: Permalinks
    form_facts: FormFacts
    bot_name: str
    deliveries: Recent = field(default_factory=Recent)
    drafts: Recent = field(default_factory=lambda: Recent(200))

    def may_change(self, user: str, owner: str) -> bool:
        """Whether ``user`` may stop or change a run of ``owner``."""
        return user == owner or user in self.settings.admin_users


def team_of(body: dict[str, Any]) -> str:
    """The workspace that a command or an interaction came from."""
    return str(
        body.get("team_id") or (body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id")
    )
