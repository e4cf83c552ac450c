"""Rebuilds what a person typed from Slack's blocks or from its escaped text, character for character.

Slack keeps a message twice: as ``rich_text`` elements (literal, whole) and as ``text`` (escaped, with
its own markup for mentions and links). The elements are read when they are there.
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.escaping import unescape

_MARKUP = re.compile(r"<([^<>\n]{1,3000})>")
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_STYLES = (("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*"))


@dataclass(frozen=True, slots=True)
class Typed:
    """A message's words: ``text`` is all of it, ``fenced`` the code blocks alone, ``people`` who is mentioned."""

    text: str
    fenced: tuple[str, ...]
    people: tuple[str, ...]


def read_typed(message: Mapping[str, Any], leave_out: str = "") -> Typed:
    """Read a message as Slack sends it; mentions of the user ``leave_out`` (the bot) are dropped."""
    blocks = [block for block in message.get("blocks") or () if block.get("type") == "rich_text"]
    if blocks:
        return _from_blocks(blocks, leave_out)
    return _from_text(str(message.get("text") or ""), leave_out)


def _from_blocks(blocks: Sequence[Mapping[str, Any]], leave_out: str) -> Typed:
    fenced: list[str] = []
    people: list[str] = []
    parts: list[str] = []
    for block in blocks:
        for element in block.get("elements") or ():
            text = _element(element, leave_out, people)
            if element.get("type") == "rich_text_preformatted":
                fenced.append(text)
                text = f"```\n{text}\n```"
            if text:
                parts.append(text)
    return Typed(_joined(parts), tuple(fenced), tuple(people))


def _joined(parts: Sequence[str]) -> str:
    """Put blocks below each other; a section brings its own line breaks along."""
    text = ""
    for part in parts:
        text += part if not text or text.endswith("\n") else f"\n{part}"
    return text


def _element(element: Mapping[str, Any], leave_out: str, people: list[str]) -> str:
    kind = element.get("type")
    inner = element.get("elements") or ()
    if kind == "rich_text_list":
        return "\n".join(_items(element, leave_out, people))
    text = "".join(_run(run, leave_out, people) for run in inner)
    if kind == "rich_text_quote":
        return "\n".join(f"> {line}" for line in text.split("\n"))
    return text


def _items(element: Mapping[str, Any], leave_out: str, people: list[str]) -> Iterator[str]:
    indent = "    " * int(element.get("indent") or 0)
    first = int(element.get("offset") or 0) + 1
    for number, item in enumerate(element.get("elements") or (), start=first):
        mark = f"{number}." if element.get("style") == "ordered" else "-"
        yield f"{indent}{mark} {_element(item, leave_out, people)}"


def _run(run: Mapping[str, Any], leave_out: str, people: list[str]) -> str:
    match run.get("type"):
        case "text":
            return _styled(str(run.get("text") or ""), run.get("style") or {})
        case "link":
            return _link(str(run.get("url") or ""), str(run.get("text") or ""))
        case "user":
            return _person(str(run.get("user_id") or ""), leave_out, people)
        case "emoji":
            return _emoji(run)
        case "channel":
            return f"#{run.get('channel_id', '')}"
        case "usergroup":
            return f"@{run.get('usergroup_id', '')}"
        case "broadcast":
            return f"@{run.get('range', '')}"
        case "date":
            return str(run.get("fallback") or run.get("timestamp") or "")
        case "color":
            return str(run.get("value") or "")
    return str(run.get("text") or "")


def _styled(text: str, style: Mapping[str, Any]) -> str:
    """Put back the marks that Slack turned into a style, around the words and not around their spaces."""
    words = text.strip()
    if not words or "\n" in words:
        return text
    marked = words
    for name, mark in _STYLES:
        if style.get(name):
            marked = f"{mark}{marked}{mark}"
    start = text.index(words)
    return text[:start] + marked + text[start + len(words) :]


def _link(url: str, words: str) -> str:
    if not words or words in (url, url.removeprefix("mailto:"), url.removeprefix("http://")):
        return words or url.removeprefix("mailto:")
    return f"[{words}]({url})"


def _person(user: str, leave_out: str, people: list[str]) -> str:
    if user == leave_out:
        return ""
    people.append(user)
    return f"@{user}"


def _emoji(run: Mapping[str, Any]) -> str:
    points = str(run.get("unicode") or "")
    try:
        return "".join(chr(int(point, 16)) for point in points.split("-")) if points else f":{run['name']}:"
    except (ValueError, KeyError, OverflowError):
        return f":{run.get('name', '')}:"


def _from_text(text: str, leave_out: str) -> Typed:
    people: list[str] = []

    def plain(match: re.Match[str]) -> str:
        inside, _, words = match[1].partition("|")
        if inside.startswith("@"):
            return _person(inside[1:], leave_out, people)
        if inside.startswith("#"):
            return f"#{words or inside[1:]}"
        if inside.startswith("!"):
            return words or f"@{inside[1:].partition('^')[0]}"
        return _link(unescape(inside), unescape(words))

    rebuilt = unescape(_MARKUP.sub(plain, text))
    return Typed(rebuilt, tuple(_FENCE.findall(rebuilt)), tuple(people))
