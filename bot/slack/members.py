"""Who is where in Slack: facts about channels, and what a person may see. In doubt: less."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web import SlackResponse

from bot.slack.channel_kinds import is_closed, is_shared
from bot.slack.clients import NO_ANSWER, Clients
from bot.slack.cursor_pages import PAGE, next_cursor, pages_of
from bot.slack.kept_places import KeptPlaces
from bot.slack.slack_errors import error_code, retry_after
from storage.places import ChannelKind
from storage.visibility import PlaceKind, Viewer

logger = logging.getLogger(__name__)

_FRESH_SECONDS = 30.0
_REST_SECONDS = 3.0
"""How long a lookup that failed without a word about when to come back is not made again."""
_KINDS = "public_channel,private_channel,mpim"


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What the bot knows of a channel; ``reachable`` tells whether it can post there.

    ``person`` is whose direct messages they are, empty for all other kinds. ``shared`` tells that people of
    other workspaces may be in it.
    """

    id: str
    kind: PlaceKind
    reachable: bool
    person: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found out about a person, and until when it counts; ``conversations`` are names by id."""

    until: float
    viewer: Viewer
    conversations: Mapping[str, str]


class Members:
    """Asks Slack and remembers the answers for half a minute; safe to use from any thread.

    A person costs a users.info (Tier 4) and a users.conversations (Tier 3: some fifty a minute).
    """

    def __init__(
        self, clients: Clients, kept: KeptPlaces, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clients = clients
        self._kept = kept
        self._clock = clock
        self._lock = threading.Lock()
        self._channels: dict[tuple[str, str], tuple[float, ChannelFacts]] = {}
        self._people: dict[tuple[str, str], _Seen] = {}
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
        """Return what ``user`` may see now: with every doubt only what they own, and marked as ``unsure``."""
        return self._seen(user, team).viewer

    def conversations(self, user: str, team: str) -> Mapping[str, str]:
        """Return the names of the channels that ``user`` is a member of, by id; none when in doubt.

        Of the private ones, those that the bot is in too.
        """
        return self._seen(user, team).conversations

    def is_member(self, user: str, team: str, channel: str) -> bool | None:
        """Tell whether ``user`` is a member of ``channel`` now; None when Slack does not tell."""
        seen = self._seen(user, team)
        if not seen.viewer.unsure:
            return channel in seen.conversations
        try:
            people = self.people_of(team, channel)
            return None if people is None else user in people
        except NO_ANSWER as error:
            logger.info("cannot tell who is in %s: %s", channel, type(error).__name__)
            return None

    def direct_channel(self, team: str, user: str) -> str:
        """Return the direct channel of the bot with ``user``, asked once; empty when it cannot be opened."""
        with self._lock:
            known = self._direct.get((team, user))
        if known is None:
            try:
                known = str(self._clients.of(team).conversations_open(users=user)["channel"]["id"])
            except NO_ANSWER as error:
                logger.info("no direct messages with %s: %s", user, type(error).__name__)
                return ""
            with self._lock:
                self._direct[(team, user)] = known
        return known

    def forget(self) -> None:
        """Ask Slack again for whatever is looked up next."""
        with self._lock:
            self._channels.clear()
            self._people.clear()
        self._kept.forget()

    def changed(self, team: str, channel: str) -> None:
        """A channel became open or closed: look at it, and at who is where."""
        self.channel(team, channel, fresh=True)
        with self._lock:
            self._people.clear()
        self._kept.forget()

    def _ask_channel(self, team: str, channel: str) -> ChannelFacts:
        try:
            found = self._clients.of(team).conversations_info(channel=channel)["channel"]
        except NO_ANSWER as error:
            logger.info("channel %s is out of reach: %s", channel, type(error).__name__)
            if error_code(error) == "channel_not_found":
                self._kept.saw(team, channel, "private")
            return ChannelFacts(channel, "private", reachable=False, shared=True)
        if found.get("is_im"):
            return ChannelFacts(channel, "dm", reachable=True, person=str(found.get("user") or ""))
        reachable = bool(found.get("is_member")) and not found.get("is_archived")
        kind: ChannelKind = "private" if is_closed(found) else "public"
        self._kept.saw(team, channel, kind)
        return ChannelFacts(channel, kind, reachable, shared=is_shared(found))

    def _seen(self, user: str, team: str) -> _Seen:
        with self._lock:
            known = self._people.get((team, user))
        if known is not None and self._clock() < known.until:
            return known
        nothing = Viewer(user, team, guest=True, unsure=True)
        try:
            found = self._ask_person(user, team)
            if not self._kept.up_to_date(team):
                found = _Seen(self._clock() + _REST_SECONDS, nothing, found.conversations)
        except NO_ANSWER as error:
            logger.warning("cannot tell what %s may see: %s", user, type(error).__name__)
            found = _Seen(self._clock() + (retry_after(error) or _REST_SECONDS), nothing, {})
        with self._lock:
            self._people[(team, user)] = found
        return found

    def _ask_person(self, user: str, team: str) -> _Seen:
        """Ask who somebody is and where: of channels with members only, or all that a guest is in."""
        person = self._clients.of(team).users_info(user=user)["user"]
        guest = is_guest(person, team)
        listed = self._conversations_of(user, team)
        seen = frozenset(name for name, one in listed.items() if guest or is_closed(one))
        names = {name: str(one.get("name") or "") for name, one in listed.items()}
        return _Seen(self._clock() + _FRESH_SECONDS, Viewer(user, team, seen, guest=guest), names)

    def _conversations_of(self, user: str, team: str) -> dict[str, Mapping[str, Any]]:
        client = self._clients.of(team)

        def ask(cursor: str) -> SlackResponse:
            # Slack needs the team for the token of an organisation, and ignores it for any other.
            return client.users_conversations(
                user=user, types=_KINDS, limit=PAGE, cursor=cursor or None, team_id=team
            )

        return {str(channel["id"]): channel for page in pages_of(ask) for channel in page["channels"]}

    def people_of(self, team: str, channel: str) -> frozenset[str] | None:
        """Return who is in a channel; None when they are too many to ask for.

        Raises:
            one of ``NO_ANSWER``: Slack does not tell.
        """
        client = self._clients.of(team)

        def ask(cursor: str) -> SlackResponse:
            return client.conversations_members(channel=channel, limit=PAGE, cursor=cursor or None)

        pages = list(pages_of(ask))
        if next_cursor(pages[-1]):
            return None
        return frozenset(str(person) for page in pages for person in page["members"])


def is_guest(person: Mapping[str, Any], team: str) -> bool:
    """Whether a person is no full member of the workspace ``team``: a guest, or from somewhere else."""
    return bool(
        person.get("is_restricted")
        or person.get("is_ultra_restricted")
        or person.get("is_stranger")
        or team not in _teams_of(person, team)
    )


def _teams_of(person: Mapping[str, Any], asked: str) -> frozenset[str]:
    """The workspaces that a person is in: several of one organisation, or their own alone."""
    teams = (person.get("enterprise_user") or {}).get("teams") or ()
    return frozenset({str(person.get("team_id", asked)), *map(str, teams)})


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
            except NO_ANSWER:
                return ""
            if len(self._known) > 5_000:
                self._known.clear()
            self._known[key] = str(answer["permalink"])
        return self._known[key]
