"""``/evolve``: opens the form for instruction data or for one prompt, or answers the asker alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.background.evolve_work import EvolveWork
from bot.background.request import OptimizeRequest
from bot.background.words import in_words
from bot.slack.doors import Refused, asker_of
from bot.slack.escaping import unescape
from bot.slack.evolve_form import (
    CALLBACK,
    DATA,
    ONE_PROMPT,
    EvolveForm,
    evolve_form,
    read_evolve_form,
)
from bot.slack.form_inputs import AUDIENCE, CHANNEL_CHOICE, FormContext, channel_of
from bot.slack.forms import Prefill, optimize_form
from bot.slack.messages.notices import NEW_EVOLUTION, evolve_help, invite, is_direct, which_word
from bot.slack.messages.review import EVOLVE_FURTHER
from bot.slack.optimize_command import open_anywhere, open_with_prompt
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.review_buttons import reuse
from bot.slack.sample_task import SAMPLE_INSTRUCTIONS
from bot.slack.starting import place_for, start_run
from bot.slack.subcommands import answer_words
from bot.slack.way_out import way_out_of
from optimizer.errors import InputError

_ONE_WORD = re.compile(r"[\w/-]{1,40}")
EVOLVE = "evolve"
"""The search algorithm that evolves one prompt."""


def register(app: App, reception: Reception) -> None:
    """Listen to the command, to the button that changes its form, and to the filled-in form."""

    @app.command(reception.settings.evolve_command)
    def evolve(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        team = asker_of(body).team
        if reception.store.deliveries.first(f"command/{team}/{body.get('trigger_id')}"):
            _answer(reception, body, client, respond)

    @app.action(ONE_PROMPT)
    def one_prompt(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        view = body.get("view")
        if not view:
            return  # the button stands in a form; a click from elsewhere is forged
        where = replace(FormContext.unpack(view["private_metadata"]), algorithm=EVOLVE)
        form = optimize_form(where, reception.form_facts, Prefill())
        client.views_update(view_id=view["id"], hash=view.get("hash"), view=form)

    @app.action(NEW_EVOLUTION)
    def new(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        asker = asker_of(body)
        filled = EvolveForm(direct=reception.members.direct_channel(asker.team, asker.user))
        form = evolve_form(FormContext(asker.team, ""), reception.form_facts, filled)
        client.views_open(trigger_id=body["trigger_id"], view=form)

    @app.action(EVOLVE_FURTHER)
    def further(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        record = reception.doors.prompt(str(action["value"]), asker_of(body))
        open_anywhere(reception, client, body, replace(reuse(record), algorithm=EVOLVE))

    @app.view(CALLBACK)
    def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        asker = asker_of(body)
        where = FormContext.unpack(view["private_metadata"])
        values = view["state"]["values"]
        taken = read_evolve_form(values, reception.settings.max_file_bytes)
        if isinstance(taken, dict):
            ack(response_action="errors", errors=taken)
            return
        try:
            start_run(
                reception,
                EvolveWork.kind,
                taken.request.to_dict(),
                asker,
                place_for(reception, asker, channel_of(values, where), where.thread_ts),
                cause=str(view["id"]),
                only_me=taken.only_me,
                files=taken.files,
            )
        except Refused as refused:
            field = AUDIENCE if where.channel else CHANNEL_CHOICE
            ack(response_action="errors", errors={field: refused.words})
        except InputError as error:
            ack(response_action="errors", errors={DATA: in_words(error)})
        else:
            ack()


def _answer(reception: Reception, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
    asker, settings = asker_of(body), reception.settings
    text = unescape(str(body.get("text") or "")).strip()
    where = FormContext(asker.team, str(body["channel_id"]))
    if text.lower() == "help":
        tell(respond, evolve_help(settings.evolve_command, settings.optimize_command))
        return
    answer = answer_words(reception, asker, text) if text else None
    if answer is not None:
        tell(respond, answer)
    elif text.lower() in ("", "demo"):
        filled = EvolveForm(pasted="\n".join(SAMPLE_INSTRUCTIONS) if text else "")
        _open(reception, client, respond, body, where, filled)
    elif _ONE_WORD.fullmatch(text):
        tell(respond, which_word(text))
    else:
        where = replace(where, algorithm=EVOLVE)
        open_with_prompt(reception, client, respond, body, where, OptimizeRequest(prompt_text=text))


def _open(
    reception: Reception,
    client: WebClient,
    respond: Respond,
    body: dict[str, Any],
    where: FormContext,
    filled: EvolveForm,
) -> None:
    form = evolve_form(where, reception.form_facts, filled)
    view = client.views_open(trigger_id=body["trigger_id"], view=form)["view"]
    way_out = way_out_of(reception, asker_of(body), where)
    if way_out is None:
        return
    if not is_direct(where.channel):
        tell(respond, invite(where.channel, reception.who(where.team).name))
    filled = replace(filled, warning=way_out.warning, direct=way_out.direct)
    form = evolve_form(way_out.where, reception.form_facts, filled)
    client.views_update(view_id=view["id"], view=form)
