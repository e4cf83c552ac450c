"""The filled-in form: checked at once, stored, acknowledged, and handed to the background."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App

from bot.background.request import OptimizeRequest
from bot.background.words import in_words
from bot.slack.doors import Refused, asker_of
from bot.slack.draft_buttons import close_draft
from bot.slack.form_inputs import AUDIENCE, CHANNEL_CHOICE, FormContext, channel_of
from bot.slack.forms import CALLBACK, PROMPT, read_form
from bot.slack.reception import Reception
from bot.slack.starting import place_for, start_run
from optimizer.errors import InputError


def register(app: App, reception: Reception) -> None:
    """Listen to the form."""

    @app.view(CALLBACK)
    def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        asker = asker_of(body)
        where = FormContext.unpack(view["private_metadata"])
        draft = reception.store.drafts.get(where.draft, asker.team) if where.draft else None
        given = OptimizeRequest.from_dict(draft.body) if draft and draft.owner == asker.user else None
        values = view["state"]["values"]
        taken = read_form(values, reception.settings.max_file_bytes, given)
        if isinstance(taken, dict):
            if where.draft and given is None and PROMPT in taken:
                taken[PROMPT] = "What you gave before is no longer kept here. Give it again, please."
            ack(response_action="errors", errors=taken)
            return
        try:
            place = place_for(reception, asker, channel_of(values, where), where.thread_ts)
            run = start_run(
                reception,
                "optimize",
                replace(taken.request, algorithm=where.algorithm).to_dict(),
                asker,
                place,
                cause=str(view["id"]),
                only_me=taken.only_me,
            )
        except Refused as refused:
            field = AUDIENCE if where.channel else CHANNEL_CHOICE
            ack(response_action="errors", errors={field: refused.words})
            return
        except InputError as error:
            ack(response_action="errors", errors={PROMPT: in_words(error)})
            return
        ack()
        if draft is not None:
            close_draft(reception, draft, "started", run.id)
