"""Slack's text escaping, and turning what a person typed into text and a rich_text block."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sandbox.workspace.ids import new_id
from sandbox.workspace.json_types import JsonList, JsonObject

_KNOWN_MARKUP = re.compile(r"<(?:[@#!][^<>\n]+|(?:https?|mailto|tel|slack):[^<>\n]+)>")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_FENCE = re.compile(r"```(.*?)```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<@(?P<id>[UW][A-Z0-9]{5,})(?:\|[^<>]*)?>"
    r"|(?<![\w<])@(?P<name>[a-z0-9][a-z0-9._-]*)"
    r"|(?P<url>https?://[^\s<>|]+)"
)

FindUser = Callable[[str], str | None]


def escape(text: str) -> str:
    """Escape the three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def tidy_app_text(text: str) -> str:
    """Text sent by an app, as Slack keeps it: live markup stays, stray `&`, `<` and `>` are escaped."""
    parts: list[str] = []
    place = 0
    for match in _KNOWN_MARKUP.finditer(text):
        parts += [_escape_strays(text[place : match.start()]), match.group()]
        place = match.end()
    return "".join([*parts, _escape_strays(text[place:])])


def _escape_strays(text: str) -> str:
    return _BARE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def typed_text(text: str, find_user: FindUser) -> tuple[str, JsonList]:
    """What a person typed, as Slack stores it: escaped text with mentions, and a rich_text block.

    `find_user` gives the user id for a name or id, or None for somebody unknown.
    """
    if not text:
        return "", []
    stored: list[str] = []
    elements: JsonList = []
    for is_code, part in _split_fences(text):
        if is_code:
            stored.append(f"```{escape(part)}```")
            code = part.removeprefix("\n").removesuffix("\n")
            elements.append({"type": "rich_text_preformatted", "elements": [_text(code)], "border": 0})
        else:
            written, section = _inline(part, find_user)
            stored.append(written)
            if section:
                elements.append({"type": "rich_text_section", "elements": section})
    return "".join(stored), [{"type": "rich_text", "block_id": new_id("b", 5), "elements": elements}]


def _split_fences(text: str) -> Iterator[tuple[bool, str]]:
    place = 0
    for match in _FENCE.finditer(text):
        if match.start() > place:
            yield False, text[place : match.start()]
        if match.group(1).strip():
            yield True, match.group(1)
        place = match.end()
    if place < len(text):
        yield False, text[place:]


def _inline(text: str, find_user: FindUser) -> tuple[str, JsonList]:
    stored: list[str] = []
    elements: JsonList = []
    place = 0
    for match in _INLINE.finditer(text):
        written, element = _inline_piece(match, find_user)
        if element is None:
            continue
        if match.start() > place:
            stored.append(escape(text[place : match.start()]))
            elements.append(_text(text[place : match.start()]))
        stored.append(written)
        elements.append(element)
        place = match.end()
    if place < len(text):
        stored.append(escape(text[place:]))
        elements.append(_text(text[place:]))
    return "".join(stored), elements


def _inline_piece(match: re.Match[str], find_user: FindUser) -> tuple[str, JsonObject | None]:
    if match["code"]:
        return f"`{escape(match['code'])}`", _text(match["code"]) | {"style": {"code": True}}
    if match["url"]:
        return f"<{escape(match['url'])}>", {"type": "link", "url": match["url"]}
    user = find_user(match["id"] or match["name"])
    return (f"<@{user}>", {"type": "user", "user_id": user}) if user else ("", None)


def _text(text: str) -> JsonObject:
    return {"type": "text", "text": text}
