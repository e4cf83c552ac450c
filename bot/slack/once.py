"""Sends a post once: what an attempt came to that nobody saw the end of is read from the channel.

A post carries its key as message metadata (https://docs.slack.dev/messaging/message-metadata); an
upload takes none, so it is known by the names of its files.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from storage.outbox import PostState

logger = logging.getLogger(__name__)

_EVENT = "promptbeam_post"
_CLOCKS_APART = 120.0
_MOST_PAGES = 5
_IN_DOUBT = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})


def metadata_of(key: str) -> dict[str, Any]:
    """Return the metadata that a post with this key carries."""
    return {"event_type": _EVENT, "event_payload": {"key": key}}


class Posts(Protocol):
    """Knows which posts are on their way: see ``OutboxTable``."""

    def begin(self, key: str) -> PostState:
        """Note that the post is about to be sent, and return what was known of it before."""
        ...

    def arrived(self, key: str, ts: str) -> None:
        """Note what Slack called the post."""
        ...

    def forget(self, key: str) -> None:
        """Nothing is known of the post any more."""
        ...


class PassingPosts:
    """Implements ``Posts`` for what no later process would post again: nothing is stored."""

    def __init__(self) -> None:
        self._known: dict[str, PostState] = {}

    def begin(self, key: str) -> PostState:
        """See ``Posts.begin``."""
        before = self._known.get(key, PostState())
        self._known.setdefault(key, PostState(doubtful_since=time.time()))
        return before

    def arrived(self, key: str, ts: str) -> None:
        """See ``Posts.arrived``."""
        self._known[key] = PostState(ts)

    def forget(self, key: str) -> None:
        """See ``Posts.forget``."""
        self._known.pop(key, None)


class Once:
    """Used from the posters' threads."""

    def __init__(self, table: Posts) -> None:
        self._table = table

    def send(
        self,
        key: str,
        attempt: Callable[[], str],
        look: Callable[[float], str],
    ) -> str:
        """Make the post and return Slack's name for it; one that has arrived before is not made again.

        ``look`` searches the channel from a time on and returns the name, empty when nothing is there.
        """
        before = self._table.begin(key)
        if before.ts:
            return before.ts
        found = look(before.doubtful_since) if before.doubtful_since is not None else ""
        try:
            ts = found or attempt()
        except SlackApiError as error:
            if _surely_refused(error):
                self._table.forget(key)
            raise
        self._table.arrived(key, ts)
        return ts

    def forget(self, key: str) -> None:
        """Let the post be made anew."""
        self._table.forget(key)


def once_for(key: str, stored: Once | None) -> tuple[Once, str]:
    """Return what keeps a post from being made twice, and the name that it goes by.

    One without a ``key`` is made once as long as the process lives: no later one would make it again.
    """
    if key and stored is not None:
        return stored, key
    return Once(PassingPosts()), key or f"post/{secrets.token_hex(8)}"


def _surely_refused(error: SlackApiError) -> bool:
    """Tell whether nothing was posted; after a fault of Slack's own nobody knows."""
    code = str(error.response.get("error", "")) if hasattr(error.response, "get") else ""
    return code not in _IN_DOUBT and int(getattr(error.response, "status_code", 200)) < 500


def find_post(client: WebClient, channel: str, thread_ts: str, key: str, since: float) -> str:
    """Return the timestamp of the post with this key, empty when there is none."""
    for message in _messages(client, channel, thread_ts, since):
        metadata = message.get("metadata") or {}
        if metadata.get("event_type") == _EVENT and (metadata.get("event_payload") or {}).get("key") == key:
            return str(message["ts"])
    return ""


def find_upload(client: WebClient, channel: str, thread_ts: str, names: Sequence[str], since: float) -> str:
    """Return the id of the first of the files with these names that one message shares, empty without one."""
    for message in _messages(client, channel, thread_ts, since):
        files = message.get("files") or []
        if message.get("bot_id") and sorted(str(file.get("name")) for file in files) == sorted(names):
            return str(files[0]["id"])
    return ""


def _messages(client: WebClient, channel: str, thread_ts: str, since: float) -> list[Mapping[str, Any]]:
    """Read the messages of a thread (or of a channel) from a time on; none where we may not read."""
    found: list[Mapping[str, Any]] = []
    cursor = ""
    for _ in range(_MOST_PAGES):
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since - _CLOCKS_APART:.6f}",
            "limit": 200,
            "include_all_metadata": True,
            "cursor": cursor or None,
        }
        try:
            page = (
                client.conversations_replies(ts=thread_ts, **asked)
                if thread_ts
                else client.conversations_history(**asked)
            )
        except SlackApiError as error:
            if error.response.get("error") == "ratelimited" or not _surely_refused(error):
                raise
            logger.warning(
                "an earlier post cannot be looked for (%s): it may be there twice",
                error.response.get("error"),
            )
            return found
        found += page.get("messages") or []
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return found
