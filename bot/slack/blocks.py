"""Small builders for the blocks that our screens use, each within Slack's limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.clean_text import clean
from bot.slack.escaping import Markup, cut, is_slack_id, one_line

Block: TypeAlias = dict[str, Any]

TEXT_BUDGET = 12_000
"""Characters over all blocks of one message. Slack refuses somewhat above 13,000 and documents nothing."""
FALLBACK_LIMIT = 3_000
"""Characters of a message's top-level text; an edit refuses more than 4,000."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: ``text`` for notifications and screen readers, ``blocks`` for the eye."""

    text: str
    blocks: tuple[Block, ...]


def message(text: Markup, blocks: Iterable[Block]) -> Message:
    """Put a message together."""
    return Message(cut(text.text, FALLBACK_LIMIT), tuple(blocks))


def header(text: str) -> Block:
    """A bold title line (plain text)."""
    return {"type": "header", "text": plain(text, 150)}


def plain(text: str, limit: int) -> Block:
    """A ``plain_text`` object, never empty."""
    return {"type": "plain_text", "text": cut(clean(text), limit) or " ", "emoji": False}


def mrkdwn(text: Markup) -> Block:
    """A ``mrkdwn`` object in which bare addresses and names stay plain."""
    return {"type": "mrkdwn", "text": text.text or " ", "verbatim": True}


def section(text: Markup, accessory: Block | None = None) -> Block:
    """A paragraph, with a button or picture beside it when given."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def fields(items: Sequence[Markup]) -> Block:
    """Up to ten short texts in two columns."""
    return {"type": "section", "fields": [mrkdwn(item) for item in items[:10]]}


def context(*items: Markup) -> Block:
    """Small grey remarks, at most ten."""
    return {"type": "context", "elements": [mrkdwn(item) for item in items[:10]]}


def divider() -> Block:
    """A thin line."""
    return {"type": "divider"}


def actions(block_id: str, *elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(
    words: str, action: str, value: str, *, style: str | None = None, confirm: Block | None = None
) -> Block:
    """A button that sends ``value`` under ``action``."""
    block: Block = {
        "type": "button",
        "text": plain(words, 75),
        "action_id": action,
        "value": cut(value.encode("utf-8", "replace").decode(), 2000),
    }
    if style is not None:
        block["style"] = style
    if confirm is not None:
        block["confirm"] = confirm
    return block


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    """The question that is asked before a button acts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def rich(*elements: Block) -> Block:
    """A rich text block: nothing inside it is read as markup."""
    return {"type": "rich_text", "elements": list(elements)}


def words(text: str, limit: int = 2_000, **style: bool) -> Block:
    """A run of literal text; ``style`` may hold bold, italic, strike, code."""
    element: Block = {"type": "text", "text": cut(clean(text), limit) or " "}
    if style:
        element["style"] = style
    return element


def person(user: str) -> Block:
    """A live mention inside rich text, which notifies the person."""
    return {"type": "user", "user_id": user}


def named(user: str) -> Block:
    """A person in rich text: a live mention of a Slack id, the plain name of anybody else."""
    return person(user) if is_slack_id(user) else words(one_line(user, 60))


def paragraph(*runs: Block) -> Block:
    """A paragraph of rich text."""
    return {"type": "rich_text_section", "elements": list(runs)}


def quote(text: str, limit: int = 600) -> Block:
    """A quotation of literal text."""
    return {"type": "rich_text_quote", "elements": [words(text, limit)]}


def bullets(items: Iterable[str], limit: int = 300) -> Block:
    """A bulleted list of literal texts."""
    return {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [paragraph(words(item, limit)) for item in items],
    }


def preformatted(text: str, limit: int, language: str | None = None) -> Block:
    """Literal text in a fixed-width box."""
    block: Block = {"type": "rich_text_preformatted", "elements": [words(text, limit)]}
    if language is not None:
        block["language"] = language
    return block
