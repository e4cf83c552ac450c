"""Showing a prompt in another channel, and sending files to one person: never without the owner's yes."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from functools import partial
from typing import Any

from bot.slack.awaited import post_awaited, tell_if_lost
from bot.slack.blocks import Block, Message, window
from bot.slack.counter import Counter, Rest
from bot.slack.doors import Asker, Refused, asker_of, team_of
from bot.slack.draft_buttons import new_draft_id
from bot.slack.escaping import Markup, channel_link, markup, mention
from bot.slack.exporting import export_file
from bot.slack.filled_form import FilledForm
from bot.slack.form_inputs import FormContext, channel_of, choice_of
from bot.slack.messages.final import INLINE_PROMPT
from bot.slack.messages.library import gain
from bot.slack.messages.notices import notice
from bot.slack.messages.prompt_windows import EXPORT, EXPORT_FORM, export_window
from bot.slack.messages.review import SHARE_FORM, SHARE_NO, SHARE_YES, saved, share_question, shared_prompt
from bot.slack.poster import PosterClosed
from bot.slack.reception import Reception
from bot.slack.refusals import describe
from bot.slack.result_posts import file_bytes
from bot.slack.starting import place_for
from bot.slack.uploading import Attachment
from bot.slack.windows import Window
from optimizer.errors import InputError, PromptbeamError
from storage.drafts import Draft
from storage.prompts import PromptRecord

logger = logging.getLogger(__name__)


def register(counter: Counter, reception: Reception) -> None:
    """Listen to the forms for sharing and exporting, and to the owner's answer."""

    @counter.view(SHARE_FORM)
    def share(form: FilledForm, body: dict[str, Any], view: dict[str, Any]) -> None:
        asker = asker_of(body)
        channel = channel_of(view["state"]["values"], FormContext(asker.team, ""))
        prompt_id, cause = str(view["private_metadata"]), str(view["id"])
        form.answer(lambda: _share(reception, asker, prompt_id, channel, cause))

    @counter.action(SHARE_YES)
    def yes(body: dict[str, Any], action: dict[str, Any]) -> None:
        draft, record = _asked(reception, str(action["value"]), asker_of(body))
        asker = Asker(draft.owner, draft.team)
        try:
            place_for(reception, asker, draft.channel)
        except Refused:
            reception.store.drafts.settle(draft.id, "cancelled")
            _answered(
                reception, body, f"Nothing was shared: I cannot post there for {mention(draft.owner).text}."
            )
            _tell_asker(reception, draft, record, "{owner} said yes, but I cannot post in {channel} for you.")
            return
        if not reception.store.drafts.settle(draft.id, "started"):
            raise Refused(_answered_already())
        post_prompt(
            reception, record, draft.channel, draft.owner, cause=f"{draft.id}/{draft.body.get('cause', '')}"
        )
        _answered(reception, body, "Shared.")
        _tell_asker(reception, draft, record, "{owner} said yes: “{title}” is in {channel} now.")

    @counter.action(SHARE_NO)
    def no(body: dict[str, Any], action: dict[str, Any]) -> None:
        draft, record = _asked(reception, str(action["value"]), asker_of(body))
        if not reception.store.drafts.settle(draft.id, "cancelled"):
            raise Refused(_answered_already())
        _answered(reception, body, "It stays with you.")
        _tell_asker(reception, draft, record, "{owner} would rather not share “{title}” in {channel}.")

    _register_export(counter, reception)


def _register_export(counter: Counter, reception: Reception) -> None:
    @counter.action(EXPORT)
    def export(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.wait("Export")

        def fill() -> None:
            window.show(export_window(reception.doors.prompt(str(action["value"]), asker_of(body))))

        return fill

    @counter.view(EXPORT_FORM)
    def export_chosen(form: FilledForm, body: dict[str, Any], view: dict[str, Any]) -> None:
        asker = asker_of(body)
        format_name = choice_of(view["state"]["values"], "format", "markdown")

        def send() -> None:
            record = reception.doors.prompt(str(view["private_metadata"]), asker)
            send_file(reception, asker, export_file(reception, asker, record, format_name))

        form.answer(send)


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
    poster = reception.posters.of(asker.team)
    sent = poster.upload(channel, [file], thread_ts="", comment="Here is what you asked for.")
    tell_if_lost(poster, asker.user, channel, sent)


def post_prompt(
    reception: Reception, record: PromptRecord, channel: str, waiting: str, *, cause: str
) -> None:
    """Show a prompt in a channel for the person ``waiting``, once for each ``cause``.

    Whoever calls has the owner's yes. Below one that is too long to be read in a message comes a file
    with the whole of it.
    """
    content = shared_prompt(record.title, record.owner, record.text, gain(record))
    key = f"{record.run_id}/shared/{cause}"
    posted = post_awaited(reception.posters.of(record.place.team), waiting, channel, content, key=key)
    if len(record.text) > INLINE_PROMPT:
        posted.add_done_callback(partial(_add_whole, reception, record, channel, key))


def _add_whole(
    reception: Reception, record: PromptRecord, channel: str, key: str, posted: Future[Any]
) -> None:
    if posted.exception() is not None:
        return
    reception.posters.of(record.place.team).upload(
        channel,
        [Attachment("prompt.txt", file_bytes(record.text), record.title)],
        thread_ts=str(posted.result()),
        lane=record.run_id,
        key=f"{key}/file",
        uploaded=partial(_note, reception, record),
    )


def _note(reception: Reception, record: PromptRecord, uploaded: Any) -> None:
    """Remember the file, so that it goes with the run; when the run is gone the prompt alone is kept, and it too."""
    try:
        reception.store.runs.get(record.run_id)
        reception.store.uploads.note(record.run_id, uploaded, record.place.team)
    except InputError:
        return
    except PromptbeamError as error:
        logger.error("an upload of run %s was not noted: %s", record.run_id, error.message)


def _share(reception: Reception, asker: Asker, prompt_id: str, channel: str, cause: str) -> Block | None:
    record = reception.doors.prompt(prompt_id, asker)
    place_for(reception, asker, channel)
    if record.owner == asker.user:
        post_prompt(reception, record, channel, asker.user, cause=cause)
        return None
    return _ask_owner(reception, record, asker, channel, cause)


def _ask_owner(reception: Reception, record: PromptRecord, asker: Asker, channel: str, cause: str) -> Block:
    """Ask, unless the same person waits for an answer about the same prompt; return what they are shown."""
    draft = Draft(
        id=new_draft_id(asker.team, "share", asker.user, record.id),
        kind="share",
        owner=asker.user,
        team=asker.team,
        channel=channel,
        thread_ts="",
        body={"prompt": record.id, "cause": cause},
    )
    if not reception.store.drafts.put_anew(draft):
        text = markup(
            "You have asked {owner} already; I tell you what they say.", owner=mention(record.owner)
        )
        return _told(notice(text))
    question = share_question(draft.id, asker.user, channel, record.title)
    asked = reception.posters.of(asker.team).post(
        record.owner, question, key=f"{record.run_id}/share-question/{cause}"
    )
    asked.add_done_callback(partial(_unless_reached, reception, draft, record))
    text = markup("I have asked {owner}, and tell you what they say.", owner=mention(record.owner))
    return _told(notice(text))


def _told(content: Message) -> Block:
    return window("Share a prompt", list(content.blocks))


def _unless_reached(reception: Reception, draft: Draft, record: PromptRecord, asked: Future[Any]) -> None:
    """The owner may have left, or take no messages: whoever asked is not left waiting."""
    error = asked.exception()
    if error is None or isinstance(error, PosterClosed):
        return
    logger.info("an owner could not be asked: %s", describe(error))
    if reception.store.drafts.settle(draft.id, "cancelled"):
        _tell_asker(
            reception, draft, record, "I cannot reach {owner}, so “{title}” was not shared in {channel}."
        )


def _tell_asker(reception: Reception, draft: Draft, record: PromptRecord, words: str) -> None:
    text = markup(
        words, owner=mention(record.owner), title=record.title[:150], channel=channel_link(draft.channel)
    )
    reception.posters.of(draft.team).post(draft.owner, notice(text))


def _asked(reception: Reception, draft_id: str, asker: Asker) -> tuple[Draft, PromptRecord]:
    """Return what is asked of ``asker``, the owner of the prompt; nobody else can say yes, admins included."""
    draft = reception.store.drafts.get(draft_id, asker.team)
    if draft is None or draft.kind != "share" or draft.state != "open":
        raise Refused(_answered_already())
    record = reception.doors.prompt(str(draft.body["prompt"]), asker)
    if record.owner != asker.user:
        raise Refused(notice(Markup("Only the owner of the prompt can answer that.")))
    return draft, record


def _answered_already() -> Message:
    return notice(Markup("That was answered already."))


def _answered(reception: Reception, body: dict[str, Any], words: str) -> None:
    container = body.get("container") or {}
    channel, ts = str(container.get("channel_id") or ""), str(container.get("message_ts") or "")
    if channel and ts and not container.get("is_ephemeral"):
        reception.posters.of(team_of(body)).edit(channel, ts, lambda: saved(words), urgent=True)
