"""Who is in a workspace: names and guests, asked for as a whole and kept for some minutes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web import SlackResponse

from bot.slack.clients import NO_ANSWER, Clients
from bot.slack.cursor_pages import PAGE, next_cursor, pages_of
from bot.slack.members import is_guest
from bot.slack.slack_errors import retry_after

logger = logging.getLogger(__name__)

_FRESH_SECONDS = 300.0
_REST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody of the workspace; ``name`` is unique in it, the others need not be."""

    id: str
    name: str
    other_names: frozenset[str]
    guest: bool


class Directory:
    """Asks with users.list (Tier 2: some twenty a minute); safe to use from any thread."""

    def __init__(self, clients: Clients, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clients = clients
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Mapping[str, Listed] | None]] = {}

    def people(self, team: str) -> Mapping[str, Listed] | None:
        """Return the people of a workspace by id, as they were five minutes ago at most.

        None when Slack does not tell, or when they are too many to ask for.
        """
        with self._lock:
            known = self._known.get(team)
        if known is not None and self._clock() < known[0]:
            return known[1]
        people, wait = None, _FRESH_SECONDS
        try:
            people = self._ask(team)
        except NO_ANSWER as error:
            logger.warning("who is in a workspace is not known: %s", type(error).__name__)
            wait = retry_after(error) or _REST_SECONDS
        with self._lock:
            self._known[team] = (self._clock() + wait, people)
        return people

    def forget(self) -> None:
        """Ask Slack again at the next occasion."""
        with self._lock:
            self._known.clear()

    def _ask(self, team: str) -> Mapping[str, Listed] | None:
        client = self._clients.of(team)

        def ask(cursor: str) -> SlackResponse:
            # Slack needs the team for the token of an organisation, and ignores it for any other.
            return client.users_list(limit=PAGE, cursor=cursor or None, team_id=team)

        pages = list(pages_of(ask))
        if next_cursor(pages[-1]):
            return None
        return {str(one["id"]): _listed(one, team) for page in pages for one in page["members"]}


def _listed(person: Mapping[str, Any], team: str) -> Listed:
    profile = person.get("profile") or {}
    others = (person.get("real_name"), profile.get("real_name"), profile.get("display_name"))
    return Listed(
        id=str(person["id"]),
        name=str(person.get("name") or "").lower(),
        other_names=frozenset(str(name).lower() for name in others if name),
        guest=is_guest(person, team),
    )
