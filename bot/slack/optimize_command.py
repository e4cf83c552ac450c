"""``/optimize``: opens the form; ``status``, ``stop`` and ``help`` answer the asker alone."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.background.request import OptimizeRequest
from bot.slack.blocks import Message
from bot.slack.escaping import markup, unescape
from bot.slack.forms import MAX_TEXT, FormContext, Prefill, optimize_form
from bot.slack.messages.notices import RunLine, help_text, invite, not_allowed, notice, status_list
from bot.slack.reception import Reception, team_of
from bot.slack.thread_view import run_title
from optimizer.errors import InputError
from storage.runs import RunRecord
from storage.visibility import may_see

_STOP = re.compile(r"(?:stop|cancel)(?:\s+(r-\w{1,40}))?", re.IGNORECASE)
_RECENT = 50
_UNDER_WAY = frozenset({"queued", "running"})


def register(app: App, reception: Reception) -> None:
    """Listen to the command."""

    @app.command(reception.settings.optimize_command)
    def optimize(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        if not reception.deliveries.first(f"command/{body.get('trigger_id')}"):
            return
        text = str(body.get("text") or "").strip()
        stop = _STOP.fullmatch(text)
        if text.lower() == "help":
            settings = reception.settings
            tell(respond, help_text(settings.optimize_command, settings.prompts_command))
        elif text.lower() == "status":
            tell(respond, _status(reception, body))
        elif stop is not None:
            tell(respond, _stop(reception, body, stop.group(1)))
        else:
            _open_form(reception, body, client, respond, unescape(text))


def tell(respond: Respond, content: Message) -> None:
    """Answer the asker alone."""
    respond(text=content.text, blocks=list(content.blocks), response_type="ephemeral", replace_original=False)


def _open_form(
    reception: Reception, body: dict[str, Any], client: WebClient, respond: Respond, text: str
) -> None:
    channel = str(body["channel_id"])
    where, prefill = FormContext(team_of(body), channel), Prefill(prompt=text)
    if len(text) > MAX_TEXT:
        draft = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
        reception.drafts.keep(draft, text)
        where = FormContext(where.team, channel, draft=draft)
        prefill = Prefill(
            draft_note=f"Your prompt of {len(text):,} characters is kept as it is; leave the field empty to use it."
        )
    view = client.views_open(
        trigger_id=body["trigger_id"], view=optimize_form(where, reception.form_facts, prefill)
    )["view"]
    if reception.members.channel(channel).reachable:
        return
    hint = invite(channel, reception.bot_name)
    tell(respond, hint)
    warned = Prefill(
        prefill.prompt,
        prefill.draft_note,
        warning=markup(
            "⚠️ I am not in this channel yet. Type `/invite @{bot}` there first.", bot=reception.bot_name
        ),
    )
    client.views_update(view_id=view["id"], view=optimize_form(where, reception.form_facts, warned))


def _status(reception: Reception, body: dict[str, Any]) -> Message:
    user = str(body["user_id"])
    viewer = reception.members.viewer(user, team_of(body))
    mine = [run for run in reception.store.runs.recent(viewer, _RECENT) if run.owner == user]
    lines = [
        RunLine(
            run_id=run.id,
            title=run_title(OptimizeRequest.from_dict(run.request)),
            status=run.status,
            channel=run.place.channel,
            url=reception.links.of(run.place.channel, run.place.thread_ts),
            running=run.status in _UNDER_WAY,
        )
        for run in mine[:10]
        if run.kind == "optimize"
    ]
    return status_list(lines, reception.settings.optimize_command)


def _stop(reception: Reception, body: dict[str, Any], run_id: str | None) -> Message:
    user = str(body["user_id"])
    viewer = reception.members.viewer(user, team_of(body))
    if run_id is None:
        running = [run for run in reception.store.runs.recent(viewer, _RECENT) if _mine_under_way(run, user)]
        if not running:
            return notice(markup("You have no run under way."))
        if len(running) > 1:
            ids = ", ".join(run.id for run in running)
            return notice(markup("You have several runs under way: {ids}. Name the one to stop.", ids=ids))
        run_id = running[0].id
    return stop_run(reception, run_id, user, team_of(body))


def _mine_under_way(run: RunRecord, user: str) -> bool:
    return run.owner == user and run.status in _UNDER_WAY


def stop_run(reception: Reception, run_id: str, user: str, team: str) -> Message:
    """Stop a run for ``user`` and say what became of it; an unknown run and a hidden one look alike."""
    unknown = notice(markup("There is no run {run} that you can see.", run=run_id))
    try:
        run = reception.store.runs.get(run_id)
    except InputError:
        return unknown
    visible = may_see(reception.members.viewer(user, team), run.owner, run.place, run.only_me)
    if run.place.team != team or not (visible or reception.may_change(user, run.owner)):
        return unknown
    if not reception.may_change(user, run.owner):
        return not_allowed(run.owner)
    if reception.service.stop(run_id):
        return notice(markup("Stopping {run}. The best prompt so far comes into its thread.", run=run_id))
    return notice(markup("{run} is not under way any more.", run=run_id))
