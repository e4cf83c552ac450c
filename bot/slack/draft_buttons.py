"""Requests that wait for their last piece or for a yes: kept, shown, started, changed, let be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.background.request import OptimizeRequest
from bot.slack.awaited import post_awaited
from bot.slack.doors import Asker, Refused, asker_of
from bot.slack.escaping import Markup
from bot.slack.form_inputs import FormContext
from bot.slack.forms import Prefill, optimize_form
from bot.slack.incoming.pieces import Pieces
from bot.slack.incoming.said import Said
from bot.slack.messages.drafts import CANCEL, CHANGE, START, draw_draft, draw_settled
from bot.slack.messages.notices import not_allowed, notice
from bot.slack.reception import Reception
from bot.slack.starting import place_for, start_run
from storage.drafts import Draft, DraftState

KIND = "optimize"


def register(app: App, reception: Reception) -> None:
    """Listen to the buttons."""

    @app.action(START)
    def start(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        draft = own_draft(reception, str(action["value"]), asker_of(body))
        start_draft(reception, draft)

    @app.action(CANCEL)
    def cancel(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        draft = own_draft(reception, str(action["value"]), asker_of(body))
        close_draft(reception, draft, "cancelled")

    @app.action(CHANGE)
    def change(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        draft = own_draft(reception, str(action["value"]), asker_of(body))
        where = FormContext(draft.team, draft.channel, draft.thread_ts, draft.id)
        prefill = Prefill(OptimizeRequest.from_dict(draft.body))
        client.views_open(
            trigger_id=body["trigger_id"], view=optimize_form(where, reception.form_facts, prefill)
        )


def own_draft(reception: Reception, draft_id: str, asker: Asker) -> Draft:
    """Return an open draft of ``asker``.

    Raises:
        Refused: it is somebody else's, or it is not open any more.
    """
    draft = reception.store.drafts.get(draft_id, asker.team)
    if draft is None or draft.state != "open":
        raise Refused(notice(Markup("That request is settled already. Post it anew to start another run.")))
    if not reception.doors.may_change(asker, draft.owner):
        raise Refused(not_allowed(draft.owner))
    return draft


def draft_of(
    said: Said, kind: str = KIND, thread_ts: str = "", body: Mapping[str, Any] | None = None
) -> Draft:
    """A draft that a message is the start of: the same message gives the same draft."""
    return Draft(
        id=new_draft_id(said.team, said.channel, said.ts),
        kind=kind,
        owner=said.user,
        team=said.team,
        channel=said.channel,
        thread_ts=thread_ts,
        body=body or {},
    )


def new_draft_id(*cause: str) -> str:
    """The id of a draft: the same cause gives the same draft."""
    return "d-" + hashlib.sha256("/".join(cause).encode("utf-8", "replace")).hexdigest()[:16]


def show_draft(reception: Reception, draft: Draft, pieces: Pieces) -> None:
    """Keep a draft and show it in its thread; the message that shows it already is edited.

    Raises:
        InputError: it holds something that looks like a secret.
    """
    draft = replace(draft, body=pieces.to_dict())
    reception.store.drafts.put(draft)
    content = draw_draft(draft.id, pieces)
    poster = reception.posters.of(draft.team)
    if draft.message_ts:
        poster.edit(draft.channel, draft.message_ts, lambda: content, urgent=True)
        return
    posted = post_awaited(poster, draft.owner, draft.channel, content, thread_ts=draft.thread_ts)
    posted.add_done_callback(lambda sent: remember_message(reception, draft, sent))


def ask_again(reception: Reception, draft: Draft, pieces: Pieces) -> None:
    """Show a draft below what was said since; the message that showed it goes away.

    Raises:
        InputError: it holds something that looks like a secret.
    """
    draft = reception.store.drafts.get(draft.id, draft.team) or draft
    _take_away(reception, draft)
    show_draft(reception, replace(draft, message_ts=""), pieces)


def _take_away(reception: Reception, draft: Draft) -> None:
    channel, ts = draft.channel, draft.message_ts

    def send(client: WebClient) -> None:
        client.chat_delete(channel=channel, ts=ts)

    if ts:
        reception.posters.of(draft.team).call("chat.delete", send, channel=channel)


def remember_message(reception: Reception, draft: Draft, sent: Future[Any]) -> None:
    """Note the message that shows a draft, once it is posted; one that showed it meanwhile goes away."""
    if sent.exception() is None:
        now = reception.store.drafts.get(draft.id, draft.team) or draft
        _take_away(reception, now)
        reception.store.drafts.put(replace(now, message_ts=str(sent.result())))


def start_draft(reception: Reception, draft: Draft) -> None:
    """Start the run that a draft asks for, in the name of who wrote it.

    Raises:
        Refused: it cannot be posted there.
        InputError: it holds something that looks like a secret.
    """
    asker = Asker(draft.owner, draft.team)
    place = place_for(reception, asker, draft.channel, draft.thread_ts)
    request = OptimizeRequest.from_dict(draft.body).to_dict()
    run = start_run(reception, draft.kind, request, asker, place, cause=draft.id)
    close_draft(reception, draft, "started", run.id)


def close_draft(reception: Reception, draft: Draft, state: DraftState, run_id: str = "") -> None:
    """Settle a draft and say so in the message that showed it."""
    if reception.store.drafts.settle(draft.id, state) and draft.message_ts:
        poster = reception.posters.of(draft.team)
        poster.edit(draft.channel, draft.message_ts, lambda: draw_settled(run_id), urgent=True)
