"""The buttons below a result: decide, vote, ask for changes, compare; each checked at its door."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import Any

from slack_bolt import Respond

from bot.background.request import OptimizeRequest, Wish
from bot.slack.blocks import Block, Message
from bot.slack.counter import Counter, Rest
from bot.slack.doors import Asker, asker_of, team_of
from bot.slack.escaping import Markup, markup, mention
from bot.slack.filled_form import FilledForm
from bot.slack.form_inputs import FormContext, text_of
from bot.slack.messages.notices import notice
from bot.slack.messages.prompt_windows import (
    ACCEPT,
    CHANGES,
    DIFF,
    DIFF_AFTER,
    DIFF_BEFORE,
    FIRST,
    VERSIONS,
    diff_window,
    versions_window,
)
from bot.slack.messages.review import (
    CHANGES_FORM,
    DELETE_FORM,
    MORE,
    REJECT,
    VOTE,
    changes_form,
    decided,
    delete_form,
    share_form,
    with_standing,
)
from bot.slack.optimize_command import open_anywhere, show_with_prompt
from bot.slack.privacy import form_for as privacy_form_for
from bot.slack.privately import tell
from bot.slack.prompt_view import window_of
from bot.slack.reception import Reception
from bot.slack.refusals import describe
from bot.slack.rounds import start_again_request, start_another
from bot.slack.windows import Window
from optimizer.errors import InputError
from storage.prompts import PromptRecord
from storage.reviews import Decision
from storage.visibility import Viewer

logger = logging.getLogger(__name__)

_SAID: dict[Decision, str] = {"accept": "✅ Accepted", "reject": "🚫 Rejected"}


def register(counter: Counter, reception: Reception) -> None:
    """Listen to them."""
    _register_decisions(counter, reception)
    _register_looking(counter, reception)
    _register_more(counter, reception)


def _register_decisions(counter: Counter, reception: Reception) -> None:
    @counter.action(ACCEPT)
    def accept(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.stay()
        return lambda: _decide(reception, window, body, str(action["value"]), "accept")

    @counter.action(REJECT)
    def reject(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.stay()
        return lambda: _decide(reception, window, body, str(action["value"]), "reject")

    @counter.action(VOTE)
    def vote(body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        asker = asker_of(body)
        side, _, prompt_id = str(action["value"]).partition(" ")
        record = reception.doors.prompt(prompt_id, asker)
        viewer = reception.doors.viewer(asker)
        reception.store.prompts.review(record.id, "up" if side == "up" else "down", viewer)
        votes = reception.store.prompts.votes(record.id, viewer)
        tell(respond, notice(markup("Noted: 👍 {up} · 👎 {down} so far.", up=votes.up, down=votes.down)))

    @counter.action(CHANGES)
    def changes(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.wait("Request changes")

        def fill() -> None:
            record = reception.doors.own_prompt(str(action["value"]), asker_of(body))
            window.show(changes_form(record.id, record.title))

        return fill

    @counter.view(CHANGES_FORM)
    def changes_wanted(form: FilledForm, body: dict[str, Any], view: dict[str, Any]) -> None:
        wish = text_of(view["state"]["values"], "wish").strip()
        form.answer(lambda: _change(reception, asker_of(body), str(view["private_metadata"]), wish, view))


def _register_looking(counter: Counter, reception: Reception) -> None:
    @counter.action(DIFF)
    def diff(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.wait("What changed")

        def fill() -> None:
            record = reception.doors.prompt(str(action["value"]), asker_of(body))
            window.show(_diff(reception, asker_of(body), record, FIRST, record.id))

        return fill

    @counter.action(DIFF_BEFORE)
    @counter.action(DIFF_AFTER)
    def other_diff(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.stay()

        def fill() -> None:
            asker = asker_of(body)
            record = reception.doors.prompt(str(action["block_id"]).removeprefix("diff."), asker)
            chosen = _chosen_versions(body, action)
            before, after = chosen.get(DIFF_BEFORE, FIRST), chosen.get(DIFF_AFTER, record.id)
            window.show(_diff(reception, asker, record, before, after))

        return fill

    @counter.action(VERSIONS)
    def versions(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.wait("Versions")
        return lambda: window.show(_versions(reception, asker_of(body), str(action["value"])))


_MORE_TITLES = {
    "versions": "Versions",
    "share": "Share a prompt",
    "privacy": "Who can find it",
    "delete": "Delete a run",
}


def _register_more(counter: Counter, reception: Reception) -> None:
    @counter.action(MORE)
    def more(body: dict[str, Any], action: dict[str, Any], window: Window, respond: Respond) -> Rest:
        asker = asker_of(body)
        what, _, about = str(action["selected_option"]["value"]).partition(" ")
        if what == "reuse":
            return open_anywhere(
                reception, window, asker, lambda: reuse(reception.doors.prompt(about, asker))
            )
        window.wait(_MORE_TITLES.get(what, "Improve a prompt"))

        def fill() -> None:
            if what == "again":
                run = reception.doors.run(about, asker)
                where = FormContext(asker.team, run.here.channel, run.here.thread_ts)
                request = start_again_request(reception, run, asker)
                show_with_prompt(reception, window, respond, asker, where, request)
            else:
                window.show(_form_for(reception, asker, what, about))

        return fill

    @counter.view(DELETE_FORM)
    def delete(form: FilledForm, body: dict[str, Any], view: dict[str, Any]) -> None:
        def erase() -> None:
            run = reception.doors.own_run(str(view["private_metadata"]), asker_of(body))
            reception.store.eraser.erase(run.id, Viewer(run.owner, run.place.team))
            reception.erased()

        form.answer(erase)


def _form_for(reception: Reception, asker: Asker, what: str, about: str) -> Block:
    if what == "share":
        record = reception.doors.prompt(about, asker)
        hidden = record.only_me or record.place.kind != "public"
        return share_form(record.id, record.title, mine=record.owner == asker.user, hidden=hidden)
    if what == "privacy":
        return privacy_form_for(reception, asker, about)
    if what == "delete":
        run = reception.doors.own_run(about, asker)
        return delete_form(run.id, run.id)
    return _versions(reception, asker, about)


def reuse(record: PromptRecord) -> OptimizeRequest:
    """The form's content when a stored prompt is the start of a new run."""
    return OptimizeRequest(prompt_text=record.text, parent=record.id)


def _change(reception: Reception, asker: Asker, prompt_id: str, wish: str, view: dict[str, Any]) -> None:
    record = reception.doors.own_prompt(prompt_id, asker)
    run = reception.doors.own_run(record.run_id, asker)
    wishes = (Wish(wish, asker.user),)
    start_another(reception, run, asker, cause=str(view["id"]), wishes=wishes, record=record)
    reception.store.prompts.review(record.id, "request_changes", reception.doors.viewer(asker), wish)


def _decide(
    reception: Reception, window: Window, body: dict[str, Any], prompt_id: str, kind: Decision
) -> None:
    """Decide once, say so in the thread, and then show it where the button is: that may be out of reach."""
    asker = asker_of(body)
    record = reception.doors.own_prompt(prompt_id, asker)
    decision = reception.store.prompts.decide(record.id, kind, reception.doors.viewer(asker))
    if decision is None:
        return
    status = markup("{said} by {who}", said=Markup(_SAID[kind]), who=mention(asker.user))
    _announce(reception, record, status, decision.at)
    if window.is_open:
        fresh = reception.doors.prompt(record.id, asker)
        window.show(window_of(reception, asker, fresh))
    else:
        _restate(reception, body, record.id, status)


def _announce(reception: Reception, record: PromptRecord, status: Markup, at: float) -> None:
    """Post the decision into the run's thread; when the run is gone (its time was over), nobody follows that."""
    try:
        place = reception.store.runs.get(record.run_id).here
    except InputError:
        return
    if place.thread_ts:
        reception.posters.of(place.team).post(
            place.channel,
            decided(status),
            thread_ts=place.thread_ts,
            lane=record.run_id,
            key=f"{record.run_id}/decided/{record.id}/{at:.6f}",
        )


def _restate(reception: Reception, body: dict[str, Any], prompt_id: str, status: Markup) -> None:
    """Show the new standing in the message that holds the buttons; ephemeral ones stay as they are."""
    shown, container = body.get("message") or {}, body.get("container") or {}
    if container.get("is_ephemeral") or not shown.get("blocks"):
        return
    content = Message(
        str(shown.get("text") or " ")[:3_000], tuple(with_standing(shown["blocks"], prompt_id, status))
    )
    poster = reception.posters.of(team_of(body))
    edited = poster.edit(
        str(container["channel_id"]), str(container["message_ts"]), lambda: content, urgent=True
    )
    edited.add_done_callback(_edited)


def _edited(sent: Future[Any]) -> None:
    error = sent.exception()
    if error is not None:
        logger.info("a decision is not shown above its buttons: %s", describe(error))


def _versions(reception: Reception, asker: Asker, prompt_id: str) -> Block:
    record = reception.doors.prompt(prompt_id, asker)
    return versions_window(reception.store.prompts.versions(record.id, reception.doors.viewer(asker)))


def _diff(
    reception: Reception, asker: Asker, record: PromptRecord, before: str, after: str
) -> dict[str, Any]:
    found = reception.store.prompts.versions(record.id, reception.doors.viewer(asker))
    known = {FIRST, *(one.id for one in found[-60:])}
    return diff_window(
        found,
        before if before in known else FIRST,
        after if after in known else found[-1].id,
        record.id,
    )


def _chosen_versions(body: dict[str, Any], action: dict[str, Any]) -> dict[str, str]:
    chosen = {str(action["action_id"]): str(action["selected_option"]["value"])}
    for fields in body["view"]["state"]["values"].values():
        for name, entry in fields.items():
            option = entry.get("selected_option") or {}
            if option:
                chosen.setdefault(name, str(option["value"]))
    return chosen
