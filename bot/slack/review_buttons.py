"""The buttons below a result: decide, vote, ask for changes, compare; each checked at its door."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.background.request import OptimizeRequest, Wish
from bot.slack.blocks import Message
from bot.slack.doors import Asker, asker_of, team_of
from bot.slack.escaping import Markup, markup, mention
from bot.slack.form_inputs import FormContext, text_of
from bot.slack.messages.library import (
    ACCEPT,
    CHANGES,
    DIFF,
    DIFF_AFTER,
    DIFF_BEFORE,
    FIRST,
    VERSIONS,
    diff_window,
    prompt_window,
    versions_window,
)
from bot.slack.messages.notices import notice
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
from bot.slack.optimize_command import open_anywhere, open_with_prompt
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.rounds import start_again_request, start_another
from bot.slack.windows import show_window
from storage.prompts import PromptRecord
from storage.reviews import ReviewKind
from storage.visibility import Viewer

_SAID: dict[ReviewKind, str] = {"accept": "✅ Accepted", "reject": "🚫 Rejected"}


def register(app: App, reception: Reception) -> None:
    """Listen to them."""
    _register_decisions(app, reception)
    _register_looking(app, reception)
    _register_more(app, reception)


def _register_decisions(app: App, reception: Reception) -> None:
    @app.action(ACCEPT)
    def accept(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        _decide(reception, client, body, str(action["value"]), "accept")

    @app.action(REJECT)
    def reject(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        _decide(reception, client, body, str(action["value"]), "reject")

    @app.action(VOTE)
    def vote(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        ack()
        asker = asker_of(body)
        side, _, prompt_id = str(action["value"]).partition(" ")
        record = reception.doors.prompt(prompt_id, asker)
        viewer = reception.doors.viewer(asker)
        reception.store.prompts.review(record.id, "up" if side == "up" else "down", viewer)
        votes = reception.store.prompts.votes(record.id, viewer)
        tell(respond, notice(markup("Noted: 👍 {up} · 👎 {down} so far.", up=votes.up, down=votes.down)))

    @app.action(CHANGES)
    def changes(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        record = reception.doors.own_prompt(str(action["value"]), asker_of(body))
        show_window(client, body, changes_form(record.id, record.title))

    @app.view(CHANGES_FORM)
    def changes_wanted(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        asker = asker_of(body)
        record = reception.doors.own_prompt(str(view["private_metadata"]), asker)
        wish = text_of(view["state"]["values"], "wish").strip()
        run = reception.doors.own_run(record.run_id, asker)
        viewer = reception.doors.viewer(asker)
        reception.store.prompts.review(record.id, "request_changes", viewer, wish)
        start_another(
            reception, run, asker, cause=str(view["id"]), wishes=(Wish(wish, asker.user),), record=record
        )
        ack(response_action="clear")


def _register_looking(app: App, reception: Reception) -> None:
    @app.action(DIFF)
    def diff(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        record = reception.doors.prompt(str(action["value"]), asker_of(body))
        show_window(client, body, _diff(reception, asker_of(body), record, FIRST, record.id))

    @app.action(DIFF_BEFORE)
    @app.action(DIFF_AFTER)
    def other_diff(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        asker = asker_of(body)
        record = reception.doors.prompt(str(action["block_id"]).removeprefix("diff."), asker)
        chosen = _chosen_versions(body, action)
        view = _diff(
            reception, asker, record, chosen.get(DIFF_BEFORE, FIRST), chosen.get(DIFF_AFTER, record.id)
        )
        client.views_update(view_id=body["view"]["id"], view=view)

    @app.action(VERSIONS)
    def versions(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        _show_versions(reception, client, body, str(action["value"]))


def _register_more(app: App, reception: Reception) -> None:
    @app.action(MORE)
    def more(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond
    ) -> None:
        ack()
        asker = asker_of(body)
        what, _, about = str(action["selected_option"]["value"]).partition(" ")
        if what == "versions":
            _show_versions(reception, client, body, about)
        elif what == "reuse":
            open_anywhere(reception, client, body, reuse(reception.doors.prompt(about, asker)))
        elif what == "again":
            run = reception.doors.run(about, asker)
            where = FormContext(asker.team, run.here.channel, run.here.thread_ts)
            request = start_again_request(reception, run, asker)
            open_with_prompt(reception, client, respond, body, where, request)
        elif what == "share":
            record = reception.doors.prompt(about, asker)
            hidden = record.only_me or record.place.kind != "public"
            show_window(
                client,
                body,
                share_form(record.id, record.title, mine=record.owner == asker.user, hidden=hidden),
            )
        elif what == "delete":
            run = reception.doors.own_run(about, asker)
            show_window(client, body, delete_form(run.id, run.id))

    @app.view(DELETE_FORM)
    def delete(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        run = reception.doors.own_run(str(view["private_metadata"]), asker_of(body))
        reception.store.eraser.erase(run.id, Viewer(run.owner, run.place.team))
        reception.erased()
        ack(response_action="clear")


def reuse(record: PromptRecord) -> OptimizeRequest:
    """The form's content when a stored prompt is the start of a new run."""
    return OptimizeRequest(prompt_text=record.text, parent=record.id)


def _decide(
    reception: Reception, client: WebClient, body: dict[str, Any], prompt_id: str, kind: ReviewKind
) -> None:
    asker = asker_of(body)
    record = reception.doors.own_prompt(prompt_id, asker)
    if record.status == ("accepted" if kind == "accept" else "rejected"):
        return
    viewer = reception.doors.viewer(asker)
    reception.store.prompts.review(record.id, kind, viewer)
    status = markup("{said} by {who}", said=Markup(_SAID[kind]), who=mention(asker.user))
    run = reception.store.runs.get(record.run_id)
    if run.here.thread_ts:
        poster = reception.posters.of(asker.team)
        poster.post(run.here.channel, decided(status), thread_ts=run.here.thread_ts, lane=run.id)
    if body.get("view"):
        fresh = reception.doors.prompt(record.id, asker)
        client.views_update(view_id=body["view"]["id"], view=prompt_window(fresh, mine=True))
    else:
        _restate(reception, body, record.id, status)


def _restate(reception: Reception, body: dict[str, Any], prompt_id: str, status: Markup) -> None:
    """Show the new standing in the message that holds the buttons.

    Ephemeral ones stay as they are, and so does what Slack does not let us edit: the thread says it too.
    """
    shown, container = body.get("message") or {}, body.get("container") or {}
    if container.get("is_ephemeral") or not shown.get("blocks"):
        return
    standing = tuple(with_standing(shown["blocks"], prompt_id, status))
    content = Message(str(shown.get("text") or " ")[:3_000], standing)
    channel, ts = str(container["channel_id"]), str(container["message_ts"])
    reception.posters.of(team_of(body)).edit(channel, ts, lambda: content, urgent=True)


def _show_versions(reception: Reception, client: WebClient, body: dict[str, Any], prompt_id: str) -> None:
    asker = asker_of(body)
    record = reception.doors.prompt(prompt_id, asker)
    found = reception.store.prompts.versions(record.id, reception.doors.viewer(asker))
    show_window(client, body, versions_window(found))


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
