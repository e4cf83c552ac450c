"""Keeps what was made in a channel as open or as closed as the channel is at Slack now."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from slack_sdk.web import SlackResponse

from bot.slack.channel_kinds import is_closed
from bot.slack.clients import NO_ANSWER, Clients
from bot.slack.cursor_pages import PAGE, next_cursor, pages_of
from bot.slack.slack_errors import error_code, retry_after
from storage.places import ChannelKind, PlaceTable

logger = logging.getLogger(__name__)

_FRESH_SECONDS = 300.0
_REST_SECONDS = 5.0


class KeptPlaces:
    """Compares them with conversations.list (Tier 2: some twenty a minute) before something is shown.

    At most every five minutes for a workspace; what Slack announces is followed at once. Safe to use from
    any thread.
    """

    def __init__(
        self, clients: Clients, places: PlaceTable, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clients = clients
        self._places = places
        self._clock = clock
        self._lock = threading.Lock()
        self._checked: dict[str, tuple[float, bool]] = {}
        self._names: dict[str, dict[str, str]] = {}

    def saw(self, team: str, channel: str, kind: ChannelKind) -> None:
        """A channel is of this kind now."""
        if self._places.follow(team, channel, kind):
            logger.info("channel %s is %s now, and so is what was made there", channel, kind)

    def up_to_date(self, team: str) -> bool:
        """Bring a workspace's channels up to date unless they are; False when Slack does not tell how they are."""
        with self._lock:
            until, known = self._checked.get(team, (0.0, False))
        if self._clock() < until:
            return known
        wait = _FRESH_SECONDS
        try:
            self._compare(team)
            known = True
        except NO_ANSWER as error:
            logger.warning("which channels are public is not known: %s", type(error).__name__)
            known, wait = False, retry_after(error) or _REST_SECONDS
        with self._lock:
            self._checked[team] = (self._clock() + wait, known)
        return known

    def public_named(self, team: str, name: str) -> str:
        """Return the id of the public channel of this name, as it was at the last comparison; empty when unknown."""
        return self._names.get(team, {}).get(name, "")

    def follow_all(self) -> None:
        """Bring all workspaces up to date, as far as Slack tells."""
        for team in self._places.teams():
            self.up_to_date(team)

    def forget(self) -> None:
        """Ask Slack again at the next occasion."""
        with self._lock:
            self._checked.clear()

    def _compare(self, team: str) -> None:
        kept = self._places.kept(team)
        if not kept:
            return
        public, complete = self._public(team)
        for channel, kind in kept.items():
            now: ChannelKind = "public" if channel in public else "private"
            if now != kind and not complete:
                now = self._ask(team, channel)
            if now != kind:
                self.saw(team, channel, now)

    def _public(self, team: str) -> tuple[frozenset[str], bool]:
        """Ask which channels everybody in a workspace may read, and tell whether these are all."""
        client = self._clients.of(team)

        def ask(cursor: str) -> SlackResponse:
            # Slack needs the team for the token of an organisation, and ignores it for any other.
            return client.conversations_list(
                types="public_channel", limit=PAGE, cursor=cursor or None, team_id=team
            )

        pages = list(pages_of(ask))
        open_ones = [one for page in pages for one in page["channels"] if not is_closed(one)]
        self._names[team] = {str(one.get("name") or "").lower(): str(one["id"]) for one in open_ones}
        return frozenset(str(one["id"]) for one in open_ones), not next_cursor(pages[-1])

    def _ask(self, team: str, channel: str) -> ChannelKind:
        try:
            found = self._clients.of(team).conversations_info(channel=channel)["channel"]
        except NO_ANSWER as error:
            if error_code(error) == "channel_not_found":
                return "private"
            raise
        return "private" if is_closed(found) else "public"
