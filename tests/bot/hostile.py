"""Texts that try to break out of a message, and the checks that they did not."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import strategies as st

from bot.slack.blocks import TEXT_BUDGET, Message
from sandbox.workspace.blockkit.messages import message_problems, text_length
from sandbox.workspace.blockkit.views import view_problems
from storage.prompts import PromptRecord
from storage.runs import Place

OWNER = "U000ALICE01"
CHANNEL = "C00PROMPTS1"
URL = "https://sandbox.example/archives/C1/p1"
ALLOWED_LIVE = {f"<@{OWNER}>", f"<#{CHANNEL}>", "<https://sandbox.example/archives/C1/p1|open the thread>"}
_LIVE = re.compile(r"<[^>]*>")
BARBS = (
    "<!channel>",
    "<!here|x>",
    "<!subteam^S0000001>",
    "<@U0000BOB001>",
    "<#C0SECRETLAB>",
    "<https://evil.example|click>",
    "https://evil.example/login",
    "@everyone",
    "```",
    "`",
    "*bold* _it_ ~no~",
    "&lt;!channel&gt;",
    "&amp;",
    "\u202egnp.exe",
    "\x00\x07\x1b[31m",
    "\ud800",
    "{0} {title} {{x}} %s",
    "```\n<!channel>\n```",
    "> quote\n>>> all",
    "\n" * 40,
    "👩‍👩‍👧‍👦" * 20,
    "&" * 4000,
    "<" * 4000,
    "a" * 9000,
)

_hostile_piece = st.one_of(st.sampled_from(BARBS), st.text(max_size=60), st.characters().map(str))
hostile = st.lists(_hostile_piece, max_size=6).map("".join)
huge = st.one_of(hostile, hostile.map(lambda text: (text or "x") * 200).map(lambda text: text[:120_000]))


def check_message(content: Message) -> None:
    """The message is one that Slack takes and in which nothing foreign is live."""
    assert message_problems(list(content.blocks)) == []
    assert text_length(list(content.blocks)) <= TEXT_BUDGET
    assert 0 < len(content.text) <= 4_000
    _json_safe(content.blocks)
    _json_safe(content.text)
    for live in live_markup(content):
        assert live in ALLOWED_LIVE, live


def check_view(view: dict[str, Any], surface: str = "modal") -> None:
    """The view is one that Slack takes and in which nothing foreign is live."""
    assert view_problems(view, surface) == []
    assert len(json.dumps(view)) < 250_000
    _json_safe(view)
    for text in _mrkdwn(view):
        for live in _LIVE.findall(text):
            assert live in ALLOWED_LIVE, live


def live_markup(content: Message) -> list[str]:
    """Everything that Slack would read as a mention or a link."""
    found = _LIVE.findall(content.text)
    for text in _mrkdwn(list(content.blocks)):
        found += _LIVE.findall(text)
    return found


def _mrkdwn(value: Any) -> list[str]:
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "markdown"):
            assert value.get("verbatim", False), "bare addresses would become links"
            return [value["text"]]
        return [text for item in value.values() for text in _mrkdwn(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _mrkdwn(item)]
    return []


def _json_safe(value: Any) -> None:
    json.dumps(value, ensure_ascii=False).encode("utf-8")


def record(title: str, text: str, channel: str = CHANNEL) -> PromptRecord:
    """A stored prompt."""
    return PromptRecord(
        "p-1", "r-1", 1, title, text, text, OWNER, Place("T1", channel, "public", "1.2"), False, "better",
        0.5, 0.7, 88, "label", "protegi", 0.0,
    )  # fmt: skip
