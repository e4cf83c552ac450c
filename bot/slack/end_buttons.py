"""The buttons below runs that left no tested prompt: run again, delete, vote."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.background.evolve_request import EvolveRequest
from bot.background.evolve_work import EvolveWork
from bot.slack.doors import asker_of
from bot.slack.escaping import markup
from bot.slack.evolve_form import EvolveForm, evolve_form
from bot.slack.form_inputs import FormContext
from bot.slack.messages.notices import notice
from bot.slack.messages.review import delete_form
from bot.slack.messages.run_bar import RUN_AGAIN, RUN_DELETE, RUN_VOTE
from bot.slack.optimize_command import open_with_prompt
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.rounds import start_again_request
from bot.slack.windows import show_window


def register(app: App, reception: Reception) -> None:
    """Listen to them."""

    @app.action(RUN_AGAIN)
    def again(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond
    ) -> None:
        ack()
        asker = asker_of(body)
        run = reception.doors.run(str(action["value"]), asker)
        where = FormContext(asker.team, run.here.channel, run.here.thread_ts)
        if run.kind == EvolveWork.kind:
            filled = EvolveForm(given=EvolveRequest.from_dict(run.request))
            client.views_open(
                trigger_id=body["trigger_id"], view=evolve_form(where, reception.form_facts, filled)
            )
        else:
            request = start_again_request(reception, run, asker)
            open_with_prompt(reception, client, respond, body, where, request)

    @app.action(RUN_DELETE)
    def delete(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        run = reception.doors.own_run(str(action["value"]), asker_of(body))
        show_window(client, body, delete_form(run.id, run.id))

    @app.action(RUN_VOTE)
    def vote(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        ack()
        asker = asker_of(body)
        side, _, run_id = str(action["value"]).partition(" ")
        run = reception.doors.run(run_id, asker)
        reviews = reception.store.run_reviews
        reviews.add(run.id, "up" if side == "up" else "down", asker.user)
        votes = reviews.votes(run.id)
        tell(respond, notice(markup("Noted: 👍 {up} · 👎 {down} so far.", up=votes.up, down=votes.down)))
