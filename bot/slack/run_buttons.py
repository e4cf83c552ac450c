"""The buttons of a run's thread: stop, try again after an error, read an earlier round again."""

from __future__ import annotations

from typing import Any

from slack_bolt import Respond

from bot.slack.counter import Counter, Rest
from bot.slack.doors import asker_of
from bot.slack.escaping import markup
from bot.slack.messages.card import RETRY, STOP
from bot.slack.messages.earlier import READ_AGAIN, step_window
from bot.slack.messages.notices import notice
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.stopping import stop_run
from bot.slack.told_steps import told_step, words_of
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

    @counter.action(READ_AGAIN)
    def read_again(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        run_id, _, number = str(action["selected_option"]["value"]).partition(" ")
        window.wait("Earlier")

        def fill() -> None:
            run = reception.doors.run(run_id, asker_of(body))
            events = reception.store.runs.events(run.id)
            reply = told_step(run.kind, events, int(number)) if number.isdecimal() else None
            if reply is None:
                window.show_message(notice(markup("Its history is not kept any more.")))
            else:
                window.show(step_window(words_of(run.kind).round, int(number), reply))

        return fill
