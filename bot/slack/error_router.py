"""Where an error of a listener is told: in the form's field, or to the asker alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App, BoltResponse, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.background.trouble import explain
from bot.slack.blocks import Message
from bot.slack.doors import Refused
from bot.slack.messages.notices import apology
from bot.slack.privately import tell

logger = logging.getLogger(__name__)


def register(app: App, count: Callable[[str], None]) -> None:
    """Catch whatever a listener lets through, and ``count`` it by its class."""

    @app.error
    def failed(error: Exception, body: dict[str, Any], client: WebClient, respond: Respond) -> BoltResponse:
        if isinstance(error, Refused):
            content, words, reference = error.content, error.words, "none needed"
        else:
            trouble = explain(error, _what(body))
            count(trouble.kind)
            content, reference = apology(trouble), trouble.reference
            words = f"{trouble} (reference {trouble.reference})"
        if body.get("type") == "view_submission":
            return _in_the_form(body, words)
        try:
            _tell(body, client, respond, content)
        except (SlackClientError, OSError):
            logger.warning("reference %s could not be told", reference)
        return BoltResponse(status=200, body="")  # else Bolt takes the acknowledgement back


def _what(body: Mapping[str, Any]) -> str:
    actions = body.get("actions") or [{}]
    event = body.get("event") or {}
    return str(
        body.get("command")
        or actions[0].get("action_id")
        or event.get("type")
        or body.get("type")
        or "a request"
    )


def _in_the_form(body: Mapping[str, Any], words: str) -> BoltResponse:
    fields = [
        block["block_id"]
        for block in (body.get("view") or {}).get("blocks") or ()
        if block.get("type") == "input" and block.get("block_id")
    ]
    if fields:
        answer: dict[str, Any] = {"response_action": "errors", "errors": {fields[0]: words}}
    else:
        answer = {"response_action": "update", "view": _told_in_a_window(words)}
    return BoltResponse(status=200, body=json.dumps(answer), headers={"content-type": ["application/json"]})


def _told_in_a_window(words: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "That did not work"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": words[:2_900], "emoji": False}}
        ],
    }


def _tell(body: Mapping[str, Any], client: WebClient, respond: Respond, content: Message) -> None:
    """Tell the asker alone: where they clicked, where they wrote, or (from a tab or window) directly."""
    event = body.get("event") or {}
    user = str(event.get("user") or (body.get("user") or {}).get("id") or body.get("user_id") or "")
    channel = str(event.get("channel") or "")
    if body.get("response_url"):
        tell(respond, content)
    elif channel and user and event.get("type") in ("message", "app_mention"):
        client.chat_postEphemeral(
            channel=channel,
            user=user,
            thread_ts=event.get("thread_ts"),
            text=content.text,
            blocks=list(content.blocks),
        )
    elif user and body.get("type") in ("block_actions", "shortcut"):
        client.chat_postMessage(channel=user, text=content.text, blocks=list(content.blocks))
