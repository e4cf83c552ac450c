"""Replies that their authors change or delete: swapped or withdrawn as long as no round has used them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.background.words import in_words
from bot.slack.doors import Asker
from bot.slack.draft_buttons import new_draft_id
from bot.slack.escaping import markup
from bot.slack.feedback_marks import forget_said, is_newer_edit, keep_said, was_said, was_used
from bot.slack.incoming.said import Said
from bot.slack.messages.notices import changed_too_late, ended_unread, kept_as_first_said, notice
from bot.slack.messages.review import saved
from bot.slack.privately import mark_seen, whisper
from bot.slack.reception import Reception
from bot.slack.replies import (
    MOST_CHARACTERS,
    feedback_key,
    insist_on_length,
    is_stop,
    is_talk,
    offer_after_the_end,
)
from bot.slack.stopping import UNDER_WAY, stop_run
from optimizer.errors import InputError
from storage.drafts import Draft
from storage.runs import RunRecord
from storage.secrets import refuse_secrets

_SWAPPED = "pencil2"


@dataclass(frozen=True, slots=True)
class SecondThought:
    """A reply as it is now; ``edited`` is the time of the change as Slack writes it.

    Of a deleted reply ``said`` holds what it was.
    """

    said: Said
    edited: str
    deleted: bool = False


def take_second_thought(reception: Reception, thought: SecondThought) -> bool:
    """Act on a changed reply; False when it is none that was passed on, or offered for another round."""
    said = thought.said
    for run in reception.store.runs.in_thread(said.team, said.channel, said.thread_ts):
        if was_said(run, said.ts):
            if reception.doors.may_change(Asker(said.user, said.team), run.owner):
                _change_feedback(reception, run, thought)
            return True
    draft = reception.store.drafts.get(new_draft_id(said.team, said.channel, said.ts), said.team)
    if draft is None or draft.kind != "wish":
        return False
    if draft.owner == said.user:
        _change_offer(reception, draft, thought)
    return True


def _change_feedback(reception: Reception, run: RunRecord, thought: SecondThought) -> None:
    said = thought.said
    if not is_newer_edit(reception.store.runs, run, said.ts, thought.edited):
        return
    words = "" if thought.deleted or is_talk(said) else said.text.strip()
    stop = is_stop(words)
    try:
        refuse_secrets(words, "reply")
        insist_on_length(words)
    except InputError as error:
        whisper(reception.posters, said, kept_as_first_said(in_words(error)))
        return
    if not _waits(reception, run, said, "" if stop else words):
        _tell_late(reception, run, thought)
    elif words and not stop:
        mark_seen(reception.posters, said, _SWAPPED)
    if stop:
        whisper(reception.posters, said, stop_run(reception, run.id, Asker(said.user, said.team)))


def _waits(reception: Reception, run: RunRecord, said: Said, words: str) -> bool:
    """Swap the words that wait for a round, or take them back when none are left; False when it is too late."""
    key = feedback_key(run, said)
    if run.status not in UNDER_WAY or was_used(run, said.ts):
        return False
    if not words:
        withdrawn = reception.service.withdraw(key)
        if withdrawn:
            forget_said(reception.store.runs, run.id, said.ts)
        return withdrawn
    swapped = reception.service.reword(key, words)
    if swapped:
        keep_said(reception.store.runs, run.id, said.ts, words, said.user)
    return swapped


def _tell_late(reception: Reception, run: RunRecord, thought: SecondThought) -> None:
    """Say once that the change came too late."""
    said = thought.said
    unread = run.status not in UNDER_WAY and not was_used(run, said.ts)
    if unread and thought.deleted:
        return
    if reception.store.deliveries.first(f"late/{said.team}/{said.channel}/{said.ts}"):
        told = ended_unread() if unread else changed_too_late(deleted=thought.deleted)
        whisper(reception.posters, said, told)


def _change_offer(reception: Reception, draft: Draft, thought: SecondThought) -> None:
    """Change what another round would start with, as long as nobody has decided about it."""
    said = thought.said
    if draft.state != "open":
        if reception.store.deliveries.first(f"late/{said.team}/{said.channel}/{said.ts}"):
            whisper(reception.posters, said, changed_too_late(deleted=thought.deleted))
        return
    if thought.edited <= str(draft.body.get("edited") or ""):
        return
    words = said.text.strip()[:MOST_CHARACTERS]
    poster = reception.posters.of(said.team)
    if thought.deleted or not words:
        reception.store.drafts.settle(draft.id, "cancelled")
        shown = saved("Taken back.")
    else:
        try:
            body = {**draft.body, "text": words, "edited": thought.edited}
            if not reception.store.drafts.put(replace(draft, body=body)):
                return  # decided about at this moment
        except InputError as error:
            whisper(reception.posters, said, notice(markup("❌ {error}", error=in_words(error))))
            return
        shown = offer_after_the_end(draft, words)
    if draft.message_ts:
        poster.edit(draft.channel, draft.message_ts, lambda: shown, urgent=True)
