"""The buttons of a run's thread: stop, and try again after an error."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, Respond

from bot.slack.escaping import markup
from bot.slack.messages.card import RETRY, STOP
from bot.slack.messages.notices import not_allowed, notice
from bot.slack.optimize_command import stop_run, tell
from bot.slack.reception import Reception, team_of
from optimizer.errors import InputError


def register(app: App, reception: Reception) -> None:
    """Listen to the buttons."""

    @app.action(STOP)
    def stop(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        ack()
        tell(respond, stop_run(reception, str(action["value"]), str(body["user"]["id"]), team_of(body)))

    @app.action(RETRY)
    def retry(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        ack()
        run_id, user = str(action["value"]), str(body["user"]["id"])
        try:
            run = reception.store.runs.get(run_id)
        except InputError:
            tell(respond, notice(markup("There is no such run any more.")))
            return
        if run.place.team != team_of(body) or not reception.may_change(user, run.owner):
            tell(respond, not_allowed(run.owner))
            return
        if run.status == "failed" and not reception.service.is_live(run_id):
            reception.store.runs.set_status(run_id, "queued")
            reception.service.submit(run_id)
            tell(respond, notice(markup("Trying {run} again; what was paid is not paid twice.", run=run_id)))
        else:
            tell(respond, notice(markup("{run} is {status} already.", run=run_id, status=run.status)))
