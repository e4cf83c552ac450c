"""The buttons below runs that left no tested prompt: run again, delete, vote."""

from __future__ import annotations

from typing import Any

from slack_bolt import Respond

from bot.background.evolve_request import EvolveRequest
from bot.background.evolve_work import EvolveWork
from bot.slack.counter import Counter, Rest
from bot.slack.doors import asker_of
from bot.slack.escaping import markup
from bot.slack.evolve_command import warn_of_place
from bot.slack.evolve_form import EvolveForm, evolve_form
from bot.slack.form_inputs import FormContext
from bot.slack.messages.notices import notice
from bot.slack.messages.review import delete_form
from bot.slack.messages.run_bar import RUN_AGAIN, RUN_DELETE, RUN_VOTE
from bot.slack.optimize_command import show_with_prompt
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.rounds import start_again_request
from bot.slack.windows import Window


def register(counter: Counter, reception: Reception) -> None:
    """Listen to them."""

    @counter.action(RUN_AGAIN)
    def again(body: dict[str, Any], action: dict[str, Any], window: Window, respond: Respond) -> Rest:
        window.wait("Run again")

        def fill() -> None:
            asker = asker_of(body)
            run = reception.doors.run(str(action["value"]), asker)
            where = FormContext(asker.team, run.here.channel, run.here.thread_ts)
            if run.kind == EvolveWork.kind:
                filled = EvolveForm(given=EvolveRequest.from_dict(run.request))
                window.show(evolve_form(where, reception.form_facts, filled))
                warn_of_place(reception, window, respond, asker, where, filled)
            else:
                request = start_again_request(reception, run, asker)
                show_with_prompt(reception, window, respond, asker, where, request)

        return fill

    @counter.action(RUN_DELETE)
    def delete(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.wait("Delete a run")

        def fill() -> None:
            run = reception.doors.own_run(str(action["value"]), asker_of(body))
            window.show(delete_form(run.id, run.id))

        return fill

    @counter.action(RUN_VOTE)
    def vote(body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        asker = asker_of(body)
        side, _, run_id = str(action["value"]).partition(" ")
        run = reception.doors.run(run_id, asker)
        reviews = reception.store.run_reviews
        reviews.add(run.id, "up" if side == "up" else "down", asker.user)
        votes = reviews.votes(run.id)
        tell(respond, notice(markup("Noted: 👍 {up} · 👎 {down} so far.", up=votes.up, down=votes.down)))
