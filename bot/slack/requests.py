"""Requests that people post: a mention or a direct message with a prompt and files of examples."""

from __future__ import annotations

from dataclasses import replace

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.background.words import in_words
from bot.slack.doors import Asker
from bot.slack.draft_buttons import ask_again, close_draft, draft_of, show_draft, start_draft
from bot.slack.escaping import markup
from bot.slack.file_facts import with_file_facts
from bot.slack.incoming.pieces import Pieces, asks_to_optimise, joined, pieces_of
from bot.slack.incoming.said import Said, file_refs
from bot.slack.messages.notices import help_text, notice
from bot.slack.privately import mark_seen, whisper
from bot.slack.reception import Reception
from bot.slack.replies import is_stop, is_talk
from bot.slack.subcommands import answer_words
from optimizer.errors import InputError
from storage.drafts import Draft

_SMALL_TALK = 200
"""Characters; what is shorter and brings nothing else is hardly a prompt."""


def take_request(reception: Reception, client: WebClient, said: Said) -> None:
    """Do what a message to the bot asks for.

    Raises:
        Refused: it cannot be started there.
    """
    asker = Asker(said.user, said.team)
    said = with_files(client, said)
    answer = None if said.files else answer_words(reception, asker, said.text, said.channel)
    if answer is not None:
        whisper(reception.posters, said, answer)
        return
    if not (said.files or said.fenced or asks_to_optimise(said.text)) and len(said.text) < _SMALL_TALK:
        settings = reception.settings
        whisper(
            reception.posters,
            said,
            help_text(settings.optimize_command, settings.prompts_command, settings.evolve_command),
        )
        return
    draft = draft_of(said, thread_ts=said.root)
    mark_seen(reception.posters, said)
    pieces = pieces_of(said)
    _go_on(reception, said, draft, pieces, start=pieces.clear)


def complete_request(reception: Reception, client: WebClient, said: Said, draft: Draft) -> None:
    """Add what a reply brings to the request that waits in its thread.

    Only the piece that was missing starts it, and only when nothing else was in question: all other
    words are no yes, so they bring the question again.

    Raises:
        Refused: it cannot be started there.
    """
    if is_talk(said):
        return
    said = with_files(client, said)
    if is_stop(said.text):
        close_draft(reception, draft, "cancelled")
        return
    mark_seen(reception.posters, said)
    before = Pieces.from_dict(draft.body)
    pieces = joined(before, said)
    if pieces == before:
        ask_again(reception, draft, pieces)
    else:
        _go_on(reception, said, draft, pieces, start=pieces.clear and not before.complete)


def with_files(client: WebClient, said: Said) -> Said:
    """Events may come without the files of their message, or with no more than ids: look them up."""
    if said.files:
        return with_file_facts(client, said)
    try:
        answer = client.conversations_replies(channel=said.channel, ts=said.ts, limit=1, inclusive=True)
    except (SlackClientError, OSError):
        return said
    found = [one for one in answer.get("messages") or () if one.get("ts") == said.ts]
    return with_file_facts(client, replace(said, files=file_refs(found[0]))) if found else said


def _go_on(reception: Reception, said: Said, draft: Draft, pieces: Pieces, *, start: bool) -> None:
    draft = replace(draft, body=pieces.to_dict())
    try:
        if start:
            reception.store.drafts.put(draft)
            start_draft(reception, draft)
        else:
            show_draft(reception, draft, pieces)
    except InputError as error:
        whisper(reception.posters, said, notice(markup("❌ {error}", error=in_words(error))))
