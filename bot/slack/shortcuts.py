"""The shortcuts: a message becomes the start of a run, or a new run is started from anywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient

from bot.background.request import OptimizeRequest
from bot.slack.counter import Counter, Rest
from bot.slack.doors import asker_of
from bot.slack.file_facts import with_file_facts
from bot.slack.form_inputs import FormContext
from bot.slack.incoming.pieces import pieces_of
from bot.slack.incoming.said import read_said
from bot.slack.optimize_command import open_anywhere, show_with_prompt
from bot.slack.reception import Reception
from bot.slack.windows import Window

MESSAGE_SHORTCUT, GLOBAL_SHORTCUT = "optimize_message", "optimize_global"


def register(counter: Counter, reception: Reception) -> None:
    """Listen to them."""

    @counter.shortcut({"type": "message_action", "callback_id": MESSAGE_SHORTCUT})
    def on_message(body: dict[str, Any], client: WebClient, window: Window, respond: Respond) -> Rest:
        window.wait("Improve a prompt")

        def fill() -> None:
            asker = asker_of(body)
            bot = reception.who(asker.team).user
            said = read_said(body["message"], asker.team, str(body["channel"]["id"]), bot)
            said = with_file_facts(client, said)
            where = FormContext(asker.team, said.channel, said.root)
            request = pieces_of(replace(said, addressed=False)).request  # its words were not meant for us
            show_with_prompt(reception, window, respond, asker, where, request)

        return fill

    @counter.shortcut({"type": "shortcut", "callback_id": GLOBAL_SHORTCUT})
    def from_anywhere(body: dict[str, Any], window: Window) -> Rest:
        return open_anywhere(reception, window, asker_of(body), OptimizeRequest)
