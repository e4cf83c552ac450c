"""Showing a prompt in another channel, and sending files to one person: never without the owner's yes."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.slack.doors import Asker, Refused, asker_of, team_of
from bot.slack.draft_buttons import new_draft_id
from bot.slack.escaping import Markup
from bot.slack.exporting import export_file
from bot.slack.form_inputs import CHANNEL_CHOICE, FormContext, channel_of, choice_of
from bot.slack.messages.library import EXPORT, EXPORT_FORM, export_window, gain
from bot.slack.messages.notices import notice
from bot.slack.messages.review import SHARE_FORM, SHARE_NO, SHARE_YES, saved, share_question, shared_prompt
from bot.slack.poster import Attachment
from bot.slack.reception import Reception
from bot.slack.starting import place_for
from bot.slack.windows import show_window
from storage.drafts import Draft
from storage.prompts import PromptRecord


def register(app: App, reception: Reception) -> None:
    """Listen to the forms for sharing and exporting, and to the owner's answer."""

    @app.view(SHARE_FORM)
    def share(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        asker = asker_of(body)
        record = reception.doors.prompt(str(view["private_metadata"]), asker)
        channel = channel_of(view["state"]["values"], FormContext(asker.team, ""))
        try:
            place_for(reception, asker, channel)
        except Refused as refused:
            ack(response_action="errors", errors={CHANNEL_CHOICE: refused.words})
            return
        ack(response_action="clear")
        if record.owner == asker.user:
            post_prompt(reception, record, channel)
        else:
            _ask_owner(reception, record, asker, channel, cause=str(view["id"]))

    @app.action(SHARE_YES)
    def yes(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        draft, record = _asked(reception, str(action["value"]), asker_of(body))
        place_for(reception, Asker(draft.owner, draft.team), draft.channel)
        if reception.store.drafts.settle(draft.id, "started"):
            post_prompt(reception, record, draft.channel)
            _answered(reception, body, "Shared.")

    @app.action(SHARE_NO)
    def no(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        draft, _ = _asked(reception, str(action["value"]), asker_of(body))
        reception.store.drafts.settle(draft.id, "cancelled")
        _answered(reception, body, "It stays with you.")

    _register_export(app, reception)


def _register_export(app: App, reception: Reception) -> None:
    @app.action(EXPORT)
    def export(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        record = reception.doors.prompt(str(action["value"]), asker_of(body))
        show_window(client, body, export_window(record))

    @app.view(EXPORT_FORM)
    def export_chosen(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        asker = asker_of(body)
        record = reception.doors.prompt(str(view["private_metadata"]), asker)
        format_name = choice_of(view["state"]["values"], "format", "markdown")
        send_file(reception, asker, export_file(reception, asker, record, format_name))
        ack(response_action="clear")


def send_file(reception: Reception, asker: Asker, file: Attachment) -> None:
    """Send a file to one person, as a direct message.

    Raises:
        Refused: there are no direct messages with them.
    """
    channel = reception.members.direct_channel(asker.team, asker.user)
    if not channel:
        raise Refused(
            notice(Markup("I cannot open direct messages with you; an admin has to give me im:write."))
        )
    reception.posters.of(asker.team).upload(
        channel, [file], thread_ts="", comment="Here is what you asked for."
    )


def post_prompt(reception: Reception, record: PromptRecord, channel: str) -> None:
    """Show a prompt in a channel. Whoever calls has the owner's yes."""
    content = shared_prompt(record.title, record.owner, record.text, gain(record))
    reception.posters.of(record.place.team).post(channel, content)


def _ask_owner(reception: Reception, record: PromptRecord, asker: Asker, channel: str, *, cause: str) -> None:
    draft = Draft(
        id=new_draft_id(asker.team, cause),
        kind="share",
        owner=asker.user,
        team=asker.team,
        channel=channel,
        thread_ts="",
        body={"prompt": record.id},
    )
    reception.store.drafts.put(draft)
    question = share_question(draft.id, asker.user, channel, record.title)
    reception.posters.of(asker.team).post(record.owner, question)


def _asked(reception: Reception, draft_id: str, asker: Asker) -> tuple[Draft, PromptRecord]:
    """Return what is asked of ``asker``, the owner of the prompt; nobody else can say yes, admins included."""
    draft = reception.store.drafts.get(draft_id, asker.team)
    if draft is None or draft.kind != "share" or draft.state != "open":
        raise Refused(notice(Markup("That was answered already.")))
    record = reception.doors.prompt(str(draft.body["prompt"]), asker)
    if record.owner != asker.user:
        raise Refused(notice(Markup("Only the owner of the prompt can answer that.")))
    return draft, record


def _answered(reception: Reception, body: dict[str, Any], words: str) -> None:
    container = body.get("container") or {}
    channel, ts = str(container.get("channel_id") or ""), str(container.get("message_ts") or "")
    if channel and ts and not container.get("is_ephemeral"):
        reception.posters.of(team_of(body)).edit(channel, ts, lambda: saved(words), urgent=True)
