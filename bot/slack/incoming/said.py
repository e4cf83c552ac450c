"""A message that a person sent, as the bot works with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.background.request import FileRef
from bot.slack.incoming.rich_text import read_typed

_SPOKEN = (None, "file_share", "thread_broadcast", "me_message")
"""Subtypes under which people say something; all others report what Slack did."""
_NOT_THERE = ("tombstone", "hidden_by_limit")


@dataclass(frozen=True, slots=True)
class Said:
    """``thread_ts`` is empty for a message outside of threads; ``addressed`` tells that the bot is meant."""

    team: str
    channel: str
    user: str
    ts: str
    text: str
    thread_ts: str = ""
    fenced: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    files: tuple[FileRef, ...] = ()
    addressed: bool = False
    direct: bool = False

    @property
    def root(self) -> str:
        """The thread that an answer belongs into."""
        return self.thread_ts or self.ts


def said_by_a_person(event: Mapping[str, Any], team: str, bot_user: str) -> Said | None:
    """Read a ``message`` or ``app_mention`` event; None for what bots, apps and Slack itself say."""
    if event.get("subtype") not in _SPOKEN or event.get("bot_id") or event.get("app_id"):
        return None
    user, channel, ts = (str(event.get(name) or "") for name in ("user", "channel", "ts"))
    if not user or user == bot_user or not channel or not ts:
        return None
    return read_said(event, team, channel, bot_user)


def read_said(message: Mapping[str, Any], team: str, channel: str, bot_user: str) -> Said:
    """Read any message of ``channel``, whoever wrote it."""
    typed = read_typed(message, leave_out=bot_user)
    ts, root = str(message.get("ts") or ""), str(message.get("thread_ts") or "")
    direct = message.get("channel_type") == "im" or (
        channel.startswith("D") and "channel_type" not in message
    )
    named = f"<@{bot_user}" in str(message.get("text") or "") or message.get("type") == "app_mention"
    return Said(
        team=team,
        channel=channel,
        user=str(message.get("user") or ""),
        ts=ts,
        text=typed.text.strip(),
        thread_ts="" if root == ts else root,
        fenced=typed.fenced,
        people=typed.people,
        files=file_refs(message),
        addressed=named or direct,
        direct=direct,
    )


def file_refs(message: Mapping[str, Any]) -> tuple[FileRef, ...]:
    """The files of a message; deleted and withheld ones are left out.

    In a channel with another organisation a message may hold nothing but their ids: then names are empty.
    """
    return tuple(
        FileRef(
            id=str(file.get("id") or ""),
            name=str(file.get("name") or file.get("title") or ""),
            size=int(file["size"]) if isinstance(file.get("size"), int) else -1,
            url=str(file.get("url_private") or ""),
        )
        for file in message.get("files") or ()
        if file.get("id") and file.get("mode") not in _NOT_THERE
    )
