"""The filled-in form: checked at once, stored, acknowledged, and handed to the background."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.background.request import OptimizeRequest
from bot.background.words import in_words
from bot.slack.counter import Counter
from bot.slack.doors import Asker, Refused, asker_of
from bot.slack.draft_buttons import claim_of, say_settled, settled_already
from bot.slack.filled_form import FilledForm
from bot.slack.form_inputs import AUDIENCE, CHANNEL_CHOICE, FormContext
from bot.slack.forms import CALLBACK, PROMPT, read_form
from bot.slack.reception import Reception
from bot.slack.starting import chosen_place, start_run
from optimizer.errors import InputError


def register(counter: Counter, reception: Reception) -> None:
    """Listen to the form."""

    @counter.view(CALLBACK)
    def submitted(form: FilledForm, body: dict[str, Any], view: dict[str, Any]) -> None:
        asker = asker_of(body)
        where = FormContext.unpack(view["private_metadata"])
        draft = reception.store.drafts.get(where.draft, asker.team) if where.draft else None
        if draft is not None and not reception.doors.may_change(asker, draft.owner):
            draft = None
        if draft is not None and draft.state != "open":
            form.refuse({PROMPT: settled_already().text})
            return
        given = OptimizeRequest.from_dict(draft.body) if draft else None
        values = view["state"]["values"]
        taken = read_form(values, reception.settings.max_file_bytes, given)
        if isinstance(taken, dict):
            if where.draft and given is None and PROMPT in taken:
                taken[PROMPT] = "What you gave before is no longer kept here. Give it again, please."
            form.refuse(taken)
            return
        starter = Asker(draft.owner, draft.team) if draft else asker  # an admin starts it for its owner
        try:
            place = form.look_up(lambda: chosen_place(reception, starter, values, where))
            run = start_run(
                reception,
                "optimize",
                replace(taken.request, algorithm=where.algorithm).to_dict(),
                starter,
                place,
                cause=str(view["id"]),
                only_me=taken.only_me,
                claim=claim_of(reception, draft),
            )
        except Refused as refused:
            form.refuse({AUDIENCE if where.channel else CHANNEL_CHOICE: refused.words})
            return
        except InputError as error:
            form.refuse({PROMPT: in_words(error)})
            return
        form.close()
        if draft is not None:
            say_settled(reception, draft, run.id)
