"""The buttons of a run's thread: stop, and try again after an error."""

from __future__ import annotations

from typing import Any

from slack_bolt import Respond

from bot.slack.counter import Counter, Rest
from bot.slack.doors import asker_of
from bot.slack.escaping import markup
from bot.slack.messages.card import RETRY, STOP
from bot.slack.messages.notices import notice
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.stopping import stop_run
from bot.slack.windows import Window, answer_click, open_answer


def register(counter: Counter, reception: Reception) -> None:
    """Listen to the buttons."""

    @counter.action(STOP)
    def stop(body: dict[str, Any], action: dict[str, Any], window: Window, respond: Respond) -> Rest:
        open_answer(window, body)

        def stop_it() -> None:
            answer_click(window, respond, stop_run(reception, str(action["value"]), asker_of(body)))

        return stop_it

    @counter.action(RETRY)
    def retry(body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        run_id = str(action["value"])
        run = reception.doors.own_run(run_id, asker_of(body))
        if run.status == "failed" and not reception.service.is_live(run_id):
            reception.store.runs.set_status(run_id, "queued")
            reception.service.submit(run_id)
            tell(respond, notice(markup("Trying {run} again; what was paid is not paid twice.", run=run_id)))
        else:
            tell(respond, notice(markup("{run} is {status} already.", run=run_id, status=run.status)))
