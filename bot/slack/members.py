"""Who is where in Slack: facts about channels, and what a person may see. In doubt: less."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.web import SlackResponse

from bot.slack.clients import Clients, NotInstalled
from storage.visibility import PlaceKind, Viewer

logger = logging.getLogger(__name__)

_FRESH_SECONDS = 30.0
_PAGE = 200
_MOST_PAGES = 25
_KINDS = "public_channel,private_channel,mpim"


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What the bot knows of a channel; ``reachable`` tells whether it can post there.

    ``person`` is whose direct messages they are, empty for all other kinds. ``shared`` tells that another
    organisation reads along.
    """

    id: str
    kind: PlaceKind
    reachable: bool
    person: str = ""
    shared: bool = False


class Members:
    """Asks Slack and remembers the answers for half a minute; safe to use from any thread."""

    def __init__(self, clients: Clients, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clients = clients
        self._clock = clock
        self._lock = threading.Lock()
        self._channels: dict[tuple[str, str], tuple[float, ChannelFacts]] = {}
        self._people: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}
        self._viewers: dict[tuple[str, str], tuple[float, Viewer]] = {}
        self._direct: dict[tuple[str, str], str] = {}

    def channel(self, team: str, channel: str, *, fresh: bool = False) -> ChannelFacts:
        """Return the facts of a workspace's channel; one that Slack does not show us is private and out of reach."""
        with self._lock:
            known = self._channels.get((team, channel))
        if known is not None and not fresh and self._clock() - known[0] < _FRESH_SECONDS:
            return known[1]
        facts = self._ask_channel(team, channel)
        with self._lock:
            self._channels[(team, channel)] = (self._clock(), facts)
        return facts

    def viewer(self, user: str, team: str) -> Viewer:
        """Return what ``user`` may see now: with every doubt, only what they own."""
        with self._lock:
            known = self._viewers.get((team, user))
        if known is not None and self._clock() - known[0] < _FRESH_SECONDS:
            return known[1]
        viewer = self._ask_viewer(user, team)
        with self._lock:
            self._viewers[(team, user)] = (self._clock(), viewer)
        return viewer

    def direct_channel(self, team: str, user: str) -> str:
        """Return the direct channel of the bot with ``user``, asked once; empty when it cannot be opened."""
        with self._lock:
            known = self._direct.get((team, user))
        if known is None:
            try:
                known = str(self._clients.of(team).conversations_open(users=user)["channel"]["id"])
            except (SlackClientError, NotInstalled, OSError) as error:
                logger.info("no direct messages with %s: %s", user, type(error).__name__)
                return ""
            with self._lock:
                self._direct[(team, user)] = known
        return known

    def _ask_channel(self, team: str, channel: str) -> ChannelFacts:
        try:
            found = self._clients.of(team).conversations_info(channel=channel)["channel"]
        except (SlackClientError, NotInstalled, OSError) as error:
            logger.info("channel %s is out of reach: %s", channel, type(error).__name__)
            return ChannelFacts(channel, "private", reachable=False)
        if found.get("is_im"):
            return ChannelFacts(channel, "dm", reachable=True, person=str(found.get("user") or ""))
        shared = _is_shared(found)
        private = bool(found.get("is_private") or found.get("is_mpim") or found.get("is_group") or shared)
        reachable = bool(found.get("is_member")) and not found.get("is_archived")
        return ChannelFacts(channel, "private" if private else "public", reachable, shared=shared)

    def _ask_viewer(self, user: str, team: str) -> Viewer:
        try:
            person = self._clients.of(team).users_info(user=user)["user"]
            guest = bool(
                person.get("is_restricted")
                or person.get("is_ultra_restricted")
                or person.get("is_stranger")
                or team not in _teams_of(person, team)
            )
            channels = [
                one for one in self._own_channels(team, guest=guest) if user in self._people_of(team, one)
            ]
        except (SlackClientError, NotInstalled, OSError) as error:
            logger.warning("cannot tell what %s may see: %s", user, type(error).__name__)
            return Viewer(user, team, guest=True)
        return Viewer(user, team, frozenset(channels), guest=guest)

    def _own_channels(self, team: str, *, guest: bool) -> list[str]:
        """Ids of the channels with members only (for guests: of all) that the bot is in."""
        client = self._clients.of(team)

        def ask(cursor: str) -> SlackResponse:
            # Slack needs the team for the token of an organisation, and ignores it for any other.
            return client.conversations_list(types=_KINDS, limit=_PAGE, cursor=cursor or None, team_id=team)

        return [
            str(channel["id"])
            for page in _pages(ask)
            for channel in page["channels"]
            if channel.get("is_member", True)
            and (guest or channel.get("is_private") or channel.get("is_mpim") or _is_shared(channel))
        ]

    def _people_of(self, team: str, channel: str) -> frozenset[str]:
        with self._lock:
            known = self._people.get((team, channel))
        if known is not None and self._clock() - known[0] < _FRESH_SECONDS:
            return known[1]
        client = self._clients.of(team)

        def ask(cursor: str) -> SlackResponse:
            return client.conversations_members(channel=channel, limit=_PAGE, cursor=cursor or None)

        people = frozenset(str(person) for page in _pages(ask) for person in page["members"])
        with self._lock:
            self._people[(team, channel)] = (self._clock(), people)
        return people


def _is_shared(channel: Mapping[str, Any]) -> bool:
    """Whether another organisation is in the channel too: then it counts as private, for its members alone."""
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))


def _teams_of(person: Mapping[str, Any], asked: str) -> frozenset[str]:
    """The workspaces that a person is in: several of one organisation, or their own alone."""
    teams = (person.get("enterprise_user") or {}).get("teams") or ()
    return frozenset({str(person.get("team_id", asked)), *map(str, teams)})


def _pages(ask: Callable[[str], SlackResponse]) -> Iterator[SlackResponse]:
    cursor = ""
    for _ in range(_MOST_PAGES):
        page = ask(cursor)
        yield page
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return


class Permalinks:
    """Addresses of messages, asked once; empty when Slack has none."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[tuple[str, str, str], str] = {}

    def of(self, team: str, channel: str, ts: str) -> str:
        """Return the address of a message; blocks for one call the first time."""
        if not channel or not ts:
            return ""
        key = (team, channel, ts)
        if key not in self._known:
            try:
                answer = self._clients.of(team).chat_getPermalink(channel=channel, message_ts=ts)
            except (SlackClientError, NotInstalled, OSError):
                return ""
            if len(self._known) > 5_000:
                self._known.clear()
            self._known[key] = str(answer["permalink"])
        return self._known[key]
