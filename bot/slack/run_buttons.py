"""The buttons of a run's thread: stop, try again after an error, read an earlier round again."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.slack.doors import asker_of
from bot.slack.escaping import markup
from bot.slack.messages.card import RETRY, STOP
from bot.slack.messages.earlier import READ_AGAIN, step_window
from bot.slack.messages.notices import notice
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.stopping import stop_run
from bot.slack.told_steps import told_step, words_of
from bot.slack.windows import answer_click, show_window


def register(app: App, reception: Reception) -> None:
    """Listen to the buttons."""

    @app.action(STOP)
    def stop(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond
    ) -> None:
        ack()
        told = stop_run(reception, str(action["value"]), asker_of(body))
        answer_click(client, body, respond, told)

    @app.action(RETRY)
    def retry(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        ack()
        run_id = str(action["value"])
        run = reception.doors.own_run(run_id, asker_of(body))
        if run.status == "failed" and not reception.service.is_live(run_id):
            reception.store.runs.set_status(run_id, "queued")
            reception.service.submit(run_id)
            tell(respond, notice(markup("Trying {run} again; what was paid is not paid twice.", run=run_id)))
        else:
            tell(respond, notice(markup("{run} is {status} already.", run=run_id, status=run.status)))

    @app.action(READ_AGAIN)
    def read_again(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond
    ) -> None:
        ack()
        run_id, _, number = str(action["selected_option"]["value"]).partition(" ")
        run = reception.doors.run(run_id, asker_of(body))
        events = reception.store.runs.events(run.id)
        reply = told_step(run.kind, events, int(number)) if number.isdecimal() else None
        if reply is None:
            tell(respond, notice(markup("Its history is not kept any more.")))
        else:
            show_window(client, body, step_window(words_of(run.kind).round, int(number), reply))
