"""Turns text that people and models wrote into text that Slack shows and never obeys.

Slack reads ``<...>`` in ``mrkdwn`` and in a message's top-level text as mentions and links. Whatever
we did not write ourselves passes through here before it may stand in such a place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.clean_text import clean

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SLACK_ID = re.compile(r"[A-Z0-9]{2,30}")
_USER_ID = re.compile(r"[UW][A-Z0-9]{5,30}")
_DEFAULT_LIMIT = 400


@dataclass(frozen=True, slots=True)
class Markup:
    """Finished ``mrkdwn``: our own words, with every foreign value already escaped."""

    text: str


def cut(text: str, limit: int) -> str:
    """Return at most ``limit`` characters of ``text``, ending in an ellipsis when something is missing."""
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + "…"


def one_line(text: str, limit: int) -> str:
    """Return ``text`` cleaned, on one line, at most ``limit`` characters."""
    return cut(" ".join(clean(text[: limit * 4]).split()), limit)


def escape(text: str, limit: int = _DEFAULT_LIMIT) -> str:
    """Escape ``text`` for ``mrkdwn``; the result is at most ``limit`` characters and never ends inside an entity."""
    pieces: list[str] = []
    used = 0
    source = clean(text[: limit * 2])
    for char in source:
        piece = _ENTITIES.get(char, char)
        if used + len(piece) > limit - 1:
            pieces.append("…")
            break
        pieces.append(piece)
        used += len(piece)
    return _disarm("".join(pieces))


def _disarm(text: str) -> str:
    """Break code fences, which would swallow our own words behind them."""
    return text.replace("```", "`\u200b`\u200b`")


def markup(template: str, **values: object) -> Markup:
    """Fill our own ``template`` with foreign ``values``: each is put on one line and escaped.

    Values that are ``Markup`` already go in as they are.
    """
    ready = {
        name: value.text if isinstance(value, Markup) else escape(" ".join(str(value)[:2000].split()))
        for name, value in values.items()
    }
    return Markup(template.format(**ready))


def is_slack_id(name: str) -> bool:
    """Whether ``name`` has the form of a Slack user id."""
    return _USER_ID.fullmatch(name) is not None


def mention(user: str) -> Markup:
    """A live mention of a person; anything that is not a Slack id becomes plain escaped text."""
    return Markup(f"<@{user}>") if is_slack_id(user) else Markup(escape(user, 80))


def channel_link(channel: str) -> Markup:
    """A live link to a channel; a direct message has none, and what is no Slack id becomes plain escaped text."""
    if _SLACK_ID.fullmatch(channel) and channel.startswith("D"):
        return Markup("a direct message")
    return Markup(f"<#{channel}>") if _SLACK_ID.fullmatch(channel) else Markup(escape(channel, 80))


def link(url: str, words: str) -> Markup:
    """A live link of ours to an ``http(s)`` address; anything else becomes the plain words."""
    if re.fullmatch(r"https?://[^\s<>|]{1,2000}", url):
        return Markup(f"<{url}|{escape(words, 80)}>")
    return Markup(escape(words, 80))


def join(parts: list[Markup], separator: str = " · ") -> Markup:
    """Join finished pieces with a separator of ours."""
    return Markup(separator.join(part.text for part in parts))


def unescape(text: str) -> str:
    """Undo Slack's own escaping in text that a person sent."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
