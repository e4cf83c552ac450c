"""Requests that wait for their last piece or for a yes: kept, shown, started, changed, let be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient

from bot.background.request import OptimizeRequest
from bot.slack.awaited import post_awaited
from bot.slack.blocks import Message
from bot.slack.counter import Counter, Rest
from bot.slack.doors import Asker, Refused, asker_of
from bot.slack.escaping import Markup
from bot.slack.form_inputs import FormContext
from bot.slack.forms import Prefill, optimize_form
from bot.slack.incoming.pieces import Pieces
from bot.slack.incoming.said import Said
from bot.slack.messages.drafts import CANCEL, CHANGE, START, draw_draft, draw_settled
from bot.slack.messages.notices import not_allowed, notice
from bot.slack.open_form import complete_form
from bot.slack.reception import Reception
from bot.slack.starting import place_for, run_id_for, start_run
from bot.slack.windows import Window
from storage.drafts import Draft, DraftState

KIND = "optimize"


def register(counter: Counter, reception: Reception) -> None:
    """Listen to the buttons."""

    @counter.action(START)
    def start(body: dict[str, Any], action: dict[str, Any]) -> None:
        draft = own_draft(reception, str(action["value"]), asker_of(body))
        start_draft(reception, draft)

    @counter.action(CANCEL)
    def cancel(body: dict[str, Any], action: dict[str, Any]) -> None:
        draft = own_draft(reception, str(action["value"]), asker_of(body))
        if not close_draft(reception, draft, "cancelled"):
            raise Refused(settled_already())

    @counter.action(CHANGE)
    def change(body: dict[str, Any], action: dict[str, Any], window: Window, respond: Respond) -> Rest:
        asker = asker_of(body)  # perhaps an admin, who is offered no lesson that only the owner may see
        draft = own_draft(reception, str(action["value"]), asker)
        where = FormContext(draft.team, draft.channel, draft.thread_ts, draft.id)
        prefill = Prefill(OptimizeRequest.from_dict(draft.body))
        window.open(optimize_form(where, reception.form_facts, prefill))
        return lambda: complete_form(reception, window, respond, asker, where, prefill)


def own_draft(reception: Reception, draft_id: str, asker: Asker) -> Draft:
    """Return an open draft of ``asker``.

    Raises:
        Refused: it is somebody else's, or it is not open any more.
    """
    draft = reception.store.drafts.get(draft_id, asker.team)
    if draft is None or draft.state != "open":
        raise Refused(settled_already())
    if not reception.doors.may_change(asker, draft.owner):
        raise Refused(not_allowed(draft.owner))
    return draft


def settled_already() -> Message:
    """Somebody was faster, or pressed twice."""
    return notice(Markup("That request is settled already. Post it anew to start another run."))


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
        Refused: it was settled meanwhile.
        InputError: it holds something that looks like a secret.
    """
    draft = replace(draft, body=pieces.to_dict())
    if not reception.store.drafts.put(draft):
        raise Refused(settled_already())
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
    reception.store.drafts.shown_as(draft.id, "")
    show_draft(reception, replace(draft, message_ts=""), pieces)


def _take_away(reception: Reception, draft: Draft) -> None:
    channel, ts = draft.channel, draft.message_ts

    def send(client: WebClient) -> None:
        client.chat_delete(channel=channel, ts=ts)

    if ts:
        reception.posters.of(draft.team).call("chat.delete", send, channel=channel)


def remember_message(reception: Reception, draft: Draft, sent: Future[Any]) -> None:
    """Note the message that shows a draft, once it is posted; one that showed it meanwhile goes away.

    What became of the draft meanwhile stays, and is said in the message.
    """
    if sent.exception() is not None:
        return
    before = reception.store.drafts.get(draft.id, draft.team)
    if before is not None:
        _take_away(reception, before)
    reception.store.drafts.shown_as(draft.id, str(sent.result()))
    now = reception.store.drafts.get(draft.id, draft.team)
    if now is not None and now.kind == KIND and now.state != "open":
        _show_settled(reception, now, run_id_for(draft.team, draft.id) if now.state == "started" else "")


def start_draft(reception: Reception, draft: Draft) -> None:
    """Start the run that a draft asks for, in the name of who wrote it.

    Raises:
        Refused: it was settled already, or cannot be posted there.
        InputError: it holds something that looks like a secret.
    """
    asker = Asker(draft.owner, draft.team)
    place = place_for(reception, asker, draft.channel, draft.thread_ts)
    request = OptimizeRequest.from_dict(draft.body).to_dict()
    claim = claim_of(reception, draft)
    run = start_run(reception, draft.kind, request, asker, place, cause=draft.id, claim=claim)
    say_settled(reception, draft, run.id)


def claim_of(reception: Reception, draft: Draft | None) -> Callable[[], None]:
    """Return what settles a draft as started: of two acts at once one is the first, the other is refused.

    Done in one step with storing the run, so that no crash leaves a started draft without a run.
    """

    def claim() -> None:
        if draft is not None and not reception.store.drafts.settle(draft.id, "started"):
            raise Refused(settled_already())

    return claim


def say_settled(reception: Reception, draft: Draft, run_id: str) -> None:
    """Say in the message that showed a draft what came of it."""
    _show_settled(reception, reception.store.drafts.get(draft.id, draft.team) or draft, run_id)


def close_draft(reception: Reception, draft: Draft, state: DraftState) -> bool:
    """Settle a draft and say so in the message that showed it; False when it was settled already."""
    if not reception.store.drafts.settle(draft.id, state):
        return False
    say_settled(reception, draft, "")
    return True


def _show_settled(reception: Reception, draft: Draft, run_id: str) -> None:
    if draft.message_ts:
        poster = reception.posters.of(draft.team)
        poster.edit(draft.channel, draft.message_ts, lambda: draw_settled(run_id), urgent=True)
