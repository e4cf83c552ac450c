"""What people say and do in channels: each event once, routed to what it is meant for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient

from bot.slack.doors import Asker, team_of
from bot.slack.feedback_marks import was_said
from bot.slack.file_facts import with_file_facts
from bot.slack.incoming.pieces import asks_to_optimise
from bot.slack.incoming.said import Said, read_said, said_by_a_person
from bot.slack.messages.notices import edited_too_late
from bot.slack.privately import whisper
from bot.slack.reception import Reception
from bot.slack.replies import pick_run, take_reply
from bot.slack.requests import complete_request, take_request
from bot.slack.stopping import stop_run

IGNORED = ("file_shared", "member_joined_channel", "member_left_channel", "channel_archive")
"""Events that may be subscribed to and mean nothing to us; unanswered they would be reported as unhandled."""
_ECHOES = frozenset({"message_changed", "message_deleted", "message_replied"})
_CONVERTED = frozenset({"channel_convert_to_private", "channel_convert_to_public"})
_SHARING = ("channel_shared", "channel_unshared")
"""What Slack says when who may read a channel has changed."""
_ALWAYS_WORDS = frozenset({"help", "status", "history"})
"""Words that are no wish to a run even in its thread, when they are said to the bot."""
_STOP_SIGNS = frozenset({"x", "octagonal_sign", "no_entry"})


def register(app: App, reception: Reception) -> None:
    """Listen to messages, mentions and reactions."""

    @app.event("message")
    def message(body: dict[str, Any], event: dict[str, Any], client: WebClient) -> None:
        if event.get("subtype") in _CONVERTED:
            reception.members.changed(team_of(body), str(event.get("channel") or ""))
        elif event.get("subtype") in _ECHOES:
            _hear_edit(reception, body, event)
        else:
            _hear(reception, client, body, event)

    @app.event("app_mention")
    def mentioned(body: dict[str, Any], event: dict[str, Any], client: WebClient) -> None:
        _hear(reception, client, body, event)

    @app.event("reaction_added")
    def reacted(body: dict[str, Any], event: dict[str, Any]) -> None:
        if event.get("reaction") in _STOP_SIGNS and _new(reception, body):
            _stop_by_reaction(reception, str(body.get("team_id") or ""), event)

    for name in _SHARING:

        @app.event(name)
        def shared(body: dict[str, Any], event: dict[str, Any]) -> None:
            reception.members.changed(team_of(body), str(event.get("channel") or ""))

    for name in IGNORED:

        @app.event(name)
        def ignored() -> None:
            """Nothing to do."""


def skip_echoes(req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:
    """Take changes and deletions of messages, mostly our own edits, off the way before any other work."""
    event = (req.body or {}).get("event") or {}
    if event.get("type") == "message" and event.get("subtype") in _ECHOES and not _edited_by_a_person(event):
        return BoltResponse(status=200, body="")
    return next()


def _edited_by_a_person(event: dict[str, Any]) -> bool:
    """Whether somebody changed what they had replied in a thread; edits of apps carry their bot's id."""
    message = event.get("message") or {}
    return bool(
        event.get("subtype") == "message_changed"
        and message.get("edited")
        and message.get("thread_ts")
        and not message.get("bot_id")
    )


def _hear_edit(reception: Reception, body: dict[str, Any], event: dict[str, Any]) -> None:
    """A reply that was changed after it was passed on stays as it was first; its author is told."""
    team, channel, message = str(body.get("team_id") or ""), str(event.get("channel") or ""), event["message"]
    said = read_said(message, team, channel, reception.who(team).user)
    for run in reception.store.runs.in_thread(team, channel, said.thread_ts):
        if was_said(run, said.ts) and _new(reception, body):
            whisper(reception.posters, said, edited_too_late())
            return


def _new(reception: Reception, body: dict[str, Any], *more: str) -> bool:
    """Claim an event under its id, and under further names; Slack delivers some of them twice."""
    team = body.get("team_id")
    return reception.store.deliveries.first(f"event/{team}/{body.get('event_id')}", *more)


def _hear(reception: Reception, client: WebClient, body: dict[str, Any], event: dict[str, Any]) -> None:
    team = str(body.get("team_id") or "")
    said = said_by_a_person(event, team, reception.who(team).user)
    if said is None or not _new(reception, body, f"message/{said.team}/{said.channel}/{said.ts}"):
        return
    new_request = asks_to_optimise(said.text) and bool(said.files or said.fenced)
    for_us = said.addressed and (new_request or said.text.lower() in _ALWAYS_WORDS)
    if said.thread_ts and not for_us and _hear_reply(reception, client, said):
        return
    if said.addressed:
        take_request(reception, client, said)


def _hear_reply(reception: Reception, client: WebClient, said: Said) -> bool:
    """Take a reply in a thread of ours; False when the thread is none."""
    draft = reception.store.drafts.open_in(said.team, said.channel, said.thread_ts)
    if draft is not None and draft.owner == said.user:
        complete_request(reception, client, said, draft)
        return True
    runs = reception.store.runs.in_thread(said.team, said.channel, said.thread_ts)
    if not runs:
        return False
    take_reply(reception, with_file_facts(client, said), pick_run(runs))
    return True


def _stop_by_reaction(reception: Reception, team: str, event: dict[str, Any]) -> None:
    """A stop sign on a run's first message, set by somebody who may stop it; others' signs mean nothing."""
    item = event.get("item") or {}
    channel, ts = str(item.get("channel") or ""), str(item.get("ts") or "")
    asker = Asker(str(event.get("user") or ""), team)
    for run in reception.store.runs.posted_as(team, channel, ts):
        if reception.doors.may_change(asker, run.owner):
            stop_run(reception, run.id, asker)
