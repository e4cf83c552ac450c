"""Where an error of a listener is told: in the form's field, or to the asker alone."""

from __future__ import annotations

import json
import logging
from typing import Any

from slack_bolt import App, BoltResponse, Respond
from slack_sdk.errors import SlackClientError

from bot.background.trouble import Trouble, explain
from bot.slack.forms import CALLBACK, PROMPT
from bot.slack.messages.notices import apology
from bot.slack.optimize_command import tell

logger = logging.getLogger(__name__)


def register(app: App) -> None:
    """Catch whatever a listener lets through."""

    @app.error
    def failed(error: Exception, body: dict[str, Any], respond: Respond) -> BoltResponse | None:
        trouble = explain(error, _what(body))
        if body.get("type") == "view_submission":
            return _in_the_form(body, trouble)
        if body.get("response_url"):
            try:
                tell(respond, apology(trouble))
            except (SlackClientError, OSError):
                logger.warning("reference %s could not be told", trouble.reference)
        return None


def _what(body: dict[str, Any]) -> str:
    actions = body.get("actions") or [{}]
    return str(body.get("command") or actions[0].get("action_id") or body.get("type") or "a request")


def _in_the_form(body: dict[str, Any], trouble: Trouble) -> BoltResponse | None:
    if (body.get("view") or {}).get("callback_id") != CALLBACK:
        return None
    answer = {"response_action": "errors", "errors": {PROMPT: f"{trouble} (reference {trouble.reference})"}}
    return BoltResponse(status=200, body=json.dumps(answer), headers={"content-type": ["application/json"]})
