"""``/optimize``: opens the form, or answers the asker alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.background.request import OptimizeRequest
from bot.slack.doors import Asker, asker_of
from bot.slack.draft_buttons import KIND, new_draft_id
from bot.slack.escaping import unescape
from bot.slack.form_inputs import MAX_TEXT, FormContext
from bot.slack.forms import Prefill, optimize_form
from bot.slack.messages.notices import AS_PROMPT, HELP, NEW, help_text, invite, is_direct, which_word
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.sample_task import sample_request
from bot.slack.subcommands import answer_words
from bot.slack.way_out import way_out_of
from bot.slack.windows import answer_click
from storage.drafts import Draft

_ONE_WORD = re.compile(r"[\w/-]{1,40}")


def register(app: App, reception: Reception) -> None:
    """Listen to the command, and to the buttons that open its form."""

    @app.command(reception.settings.optimize_command)
    def optimize(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        asker = asker_of(body)
        if not reception.store.deliveries.first(f"command/{asker.team}/{body.get('trigger_id')}"):
            return
        text = unescape(str(body.get("text") or "")).strip()
        where = FormContext(asker.team, str(body["channel_id"]))
        if text.lower() == "demo":
            _open(reception, client, respond, body, where, Prefill(sample_request()))
            return
        answer = answer_words(reception, asker, text)
        if answer is not None:
            tell(respond, answer)
        elif _ONE_WORD.fullmatch(text):
            tell(respond, which_word(text))
        else:
            open_with_prompt(reception, client, respond, body, where, OptimizeRequest(prompt_text=text))

    @app.action(AS_PROMPT)
    def as_prompt(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond
    ) -> None:
        ack()
        where = FormContext(asker_of(body).team, str(body["channel"]["id"]))
        request = OptimizeRequest(prompt_text=str(action["value"]))
        open_with_prompt(reception, client, respond, body, where, request)

    @app.action(HELP)
    def help_(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        settings = reception.settings
        told = help_text(settings.optimize_command, settings.prompts_command, settings.evolve_command)
        answer_click(client, body, respond, told)

    @app.action(NEW)
    def new(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        open_anywhere(reception, client, body, OptimizeRequest())


def open_with_prompt(
    reception: Reception,
    client: WebClient,
    respond: Respond,
    body: dict[str, Any],
    where: FormContext,
    request: OptimizeRequest,
) -> None:
    """Open the form in a channel; what does not fit into its fields is kept aside for it.

    Raises:
        InputError: the request holds something that looks like a secret.
    """
    where = kept_aside(reception, asker_of(body), where, request)
    _open(reception, client, respond, body, where, Prefill(request))


def open_anywhere(
    reception: Reception, client: WebClient, body: dict[str, Any], request: OptimizeRequest
) -> None:
    """Open the form that asks where to post; the person's direct messages are chosen at first.

    Raises:
        InputError: the request holds something that looks like a secret.
    """
    asker = asker_of(body)
    where = FormContext(asker.team, "", algorithm=request.algorithm)
    where = kept_aside(reception, asker, where, request)
    # What is chosen at first cannot be changed by an update, so it is looked up before the form opens.
    prefill = Prefill(request, direct=reception.members.direct_channel(asker.team, asker.user))
    form = optimize_form(where, reception.form_facts, prefill)
    client.views_open(trigger_id=body["trigger_id"], view=form)


def kept_aside(
    reception: Reception, asker: Asker, where: FormContext, request: OptimizeRequest
) -> FormContext:
    """Keep a request of which the form can show only a part; the result leads the form to it.

    Raises:
        InputError: the request holds something that looks like a secret.
    """
    shown = replace(OptimizeRequest(), prompt_text=request.prompt_text[:MAX_TEXT], pasted=request.pasted)
    if request == shown:
        return where
    body = request.to_dict()
    draft = Draft(
        new_draft_id(where.team, asker.user, repr(body)),
        KIND,
        asker.user,
        where.team,
        where.channel,
        "",
        body,
    )
    reception.store.drafts.put(draft)
    return replace(where, draft=draft.id)


def _open(
    reception: Reception,
    client: WebClient,
    respond: Respond,
    body: dict[str, Any],
    where: FormContext,
    prefill: Prefill,
) -> None:
    form = optimize_form(where, reception.form_facts, prefill)
    view = client.views_open(trigger_id=body["trigger_id"], view=form)["view"]
    way_out = way_out_of(reception, asker_of(body), where)
    if way_out is None:
        return
    if not is_direct(where.channel):
        tell(respond, invite(where.channel, reception.who(where.team).name))
    prefill = replace(prefill, warning=way_out.warning, direct=way_out.direct)
    form = optimize_form(way_out.where, reception.form_facts, prefill)
    client.views_update(view_id=view["id"], view=form)
