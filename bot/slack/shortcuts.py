"""The shortcuts: a message becomes the start of a run, or a new run is started from anywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.background.request import OptimizeRequest
from bot.slack.doors import asker_of
from bot.slack.file_facts import with_file_facts
from bot.slack.form_inputs import FormContext
from bot.slack.incoming.pieces import pieces_of
from bot.slack.incoming.said import read_said
from bot.slack.optimize_command import open_anywhere, open_with_prompt
from bot.slack.reception import Reception

MESSAGE_SHORTCUT, GLOBAL_SHORTCUT = "optimize_message", "optimize_global"


def register(app: App, reception: Reception) -> None:
    """Listen to them."""

    @app.shortcut({"type": "message_action", "callback_id": MESSAGE_SHORTCUT})
    def on_message(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        asker = asker_of(body)
        bot = reception.who(asker.team).user
        said = read_said(body["message"], asker.team, str(body["channel"]["id"]), bot)
        said = with_file_facts(client, said)
        where = FormContext(asker.team, said.channel, said.root)
        request = pieces_of(replace(said, addressed=False)).request  # its words were not meant for us
        open_with_prompt(reception, client, respond, body, where, request)

    @app.shortcut({"type": "shortcut", "callback_id": GLOBAL_SHORTCUT})
    def from_anywhere(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        open_anywhere(reception, client, body, OptimizeRequest())
