"""The filled-in form: checked at once, stored, acknowledged, and handed to the background."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from slack_bolt import Ack, App

from bot.slack.forms import AUDIENCE, CALLBACK, PROMPT, FormContext, Submission, read_form
from bot.slack.reception import Reception
from optimizer.errors import InputError
from storage.runs import Place, RunRecord


def register(app: App, reception: Reception) -> None:
    """Listen to the form."""

    @app.view(CALLBACK)
    def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        where = FormContext.unpack(view["private_metadata"])
        draft = reception.drafts.get(where.draft) if where.draft else ""
        taken = read_form(view["state"]["values"], reception.settings.max_file_bytes, draft)
        if isinstance(taken, dict):
            if where.draft and not draft and PROMPT in taken:
                taken[PROMPT] = "The long prompt is no longer kept here. Attach it as a file below."
            ack(response_action="errors", errors=taken)
            return
        facts = reception.members.channel(where.channel)
        if not facts.reachable:
            facts = reception.members.channel(where.channel, fresh=True)
        if not facts.reachable:
            ack(response_action="errors", errors={AUDIENCE: _not_a_member(reception.bot_name)})
            return
        place = Place(where.team, where.channel, facts.kind, where.thread_ts)
        run = new_run(taken, str(view["id"]), str(body["user"]["id"]), place)
        try:
            created = reception.service.accept(run)
        except InputError as error:
            ack(response_action="errors", errors={PROMPT: str(error)})
            return
        ack()
        if created:
            reception.service.submit(run.id)


def new_run(taken: Submission, view_id: str, user: str, place: Place) -> RunRecord:
    """Make the run's record. Its id comes from the form, so that a form delivered twice is one run."""
    digest = hashlib.sha256(f"{place.team}/{view_id}".encode()).digest()
    return RunRecord(
        id="r-" + base64.b32encode(digest)[:8].decode().lower(),
        kind="optimize",
        status="queued",
        owner=user,
        place=place,
        request=taken.request.to_dict(),
        created_at=time.time(),
        only_me=taken.only_me,
    )


def _not_a_member(bot_name: str) -> str:
    return (
        f"I am not in this channel. Type /invite @{bot_name} there, then press Start again; nothing is lost."
    )
