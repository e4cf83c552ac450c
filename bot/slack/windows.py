"""Opening modals: on their own, on top of another one, or in its place."""

from __future__ import annotations

from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient

from bot.slack.blocks import Block, Message
from bot.slack.doors import Refused
from bot.slack.messages.library import window
from bot.slack.privately import tell


def show_window(client: WebClient, body: dict[str, Any], view: Block) -> None:
    """Open a modal; what was pressed inside a modal puts the new one on top of it."""
    if (body.get("view") or {}).get("type") == "modal":
        client.views_push(trigger_id=body["trigger_id"], view=view)
    else:
        client.views_open(trigger_id=body["trigger_id"], view=view)


def answer_click(client: WebClient, body: dict[str, Any], respond: Respond, content: Message) -> None:
    """Answer whoever pressed a button: beside the message, or in a modal when it was on the Home tab."""
    if body.get("response_url"):
        tell(respond, content)
    else:
        show_window(client, body, window("Promptbeam", list(content.blocks)))


def refusal_window(refused: Refused) -> Block:
    """A refusal where nothing but a modal can be shown."""
    return window("Prompt", list(refused.content.blocks))
