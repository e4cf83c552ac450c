"""Where an error of a listener is told: in the form's field, or to the asker alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import App, BoltResponse, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.background.trouble import explain
from bot.slack.blocks import Message
from bot.slack.doors import Refused
from bot.slack.escaping import Markup
from bot.slack.messages.notices import apology, notice
from bot.slack.privately import tell
from bot.slack.slack_errors import error_code

logger = logging.getLogger(__name__)

Count = Callable[[str], None]
_TOO_LATE = frozenset({"expired_trigger_id", "trigger_expired", "exchanged_trigger_id"})
"""What Slack says when a window is opened more than three seconds after the click."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a person is told: as a message, in plain words, and the reference for what only we can mend."""

    content: Message
    words: str
    reference: str


def register(app: App, count: Count) -> None:
    """Catch what a listener lets through before it has handed its work on."""

    @app.error
    def failed(error: Exception, body: dict[str, Any], client: WebClient, respond: Respond) -> BoltResponse:
        told = words_for(error, body, count)
        if body.get("type") == "view_submission":
            return _in_the_form(body, told.words)
        tell_apart(told, body, client, respond)
        return BoltResponse(status=200, body="")  # else Bolt takes the acknowledgement back


def words_for(error: BaseException, body: Mapping[str, Any], count: Count) -> Told:
    """Say what went wrong with a command, a click, a form or a message, and ``count`` it by its class."""
    if isinstance(error, Refused):
        return Told(error.content, error.words, "none needed")
    if error_code(error) in _TOO_LATE:
        content = notice(Markup("Slack was slow, and my time to open a window ran out. Press it again."))
        return Told(content, content.text, "none needed")
    trouble = explain(error, _what(body))
    count(trouble.kind)
    return Told(apology(trouble), f"{trouble} (reference {trouble.reference})", trouble.reference)


def tell_apart(told: Told, body: Mapping[str, Any], client: WebClient, respond: Respond) -> None:
    """Tell the asker alone, where no window shows it."""
    try:
        _tell(body, client, respond, told.content)
    except (SlackClientError, OSError):
        logger.warning("reference %s could not be told", told.reference)


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
