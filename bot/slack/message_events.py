"""What people say and do in channels: each event once, routed to what it is meant for."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_sdk import WebClient

from bot.slack.counter import Counter
from bot.slack.doors import Asker, team_of
from bot.slack.file_facts import with_file_facts
from bot.slack.incoming.pieces import asks_to_optimise
from bot.slack.incoming.said import Said, said_by_a_person
from bot.slack.reception import Reception
from bot.slack.replies import pick_run, take_reply
from bot.slack.requests import complete_request, take_request, with_files
from bot.slack.run_thread import PARENT
from bot.slack.second_thoughts import SecondThought, take_second_thought
from bot.slack.stopping import UNDER_WAY, stop_run
from bot.slack.thread_place import STATUS
from storage.runs import RunRecord

IGNORED = ("file_shared", "member_joined_channel", "member_left_channel", "channel_archive")
"""Events that may be subscribed to and mean nothing to us; unanswered they would be reported as unhandled."""
_ECHOES = frozenset({"message_changed", "message_deleted", "message_replied"})
_CONVERTED = frozenset({"channel_convert_to_private", "channel_convert_to_public"})
_SHARING = ("channel_shared", "channel_unshared")
"""What Slack says when who may read a channel has changed."""
_ALWAYS_WORDS = frozenset({"help", "status", "history"})
"""Words that are no wish to a run even in its thread, when they are said to the bot."""
_OVERTAKEN_SECONDS = 600.0
"""An edit that comes before the message it changed comes soon after it was written."""
_TURNS = tuple(threading.Lock() for _ in range(64))
"""Events of one message are heard one after the other: a deletion must not slip in while its words are taken."""
_STOP_SIGNS = frozenset({"x", "octagonal_sign", "no_entry"})


def register(counter: Counter, reception: Reception) -> None:
    """Listen to messages, mentions and reactions."""

    @counter.event("message")
    def message(body: dict[str, Any], event: dict[str, Any], client: WebClient) -> None:
        if event.get("subtype") in _CONVERTED:
            reception.members.changed(team_of(body), str(event.get("channel") or ""))
        elif event.get("subtype") in _ECHOES:
            _hear_change(reception, client, body, event)
        else:
            _hear(reception, client, body, event)

    @counter.event("app_mention")
    def mentioned(body: dict[str, Any], event: dict[str, Any], client: WebClient) -> None:
        _hear(reception, client, body, event)

    @counter.event("reaction_added")
    def reacted(body: dict[str, Any], event: dict[str, Any]) -> None:
        if event.get("reaction") in _STOP_SIGNS and _new(reception, body):
            _stop_by_reaction(reception, team_of(body), event)

    for name in _SHARING:

        @counter.event(name)
        def shared(body: dict[str, Any], event: dict[str, Any]) -> None:
            reception.members.changed(team_of(body), str(event.get("channel") or ""))

    for name in IGNORED:

        @counter.event(name)
        def ignored() -> None:
            """Nothing to do."""


def skip_echoes(req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:
    """Take changes and deletions of messages, mostly our own edits, off the way before any other work."""
    event = (req.body or {}).get("event") or {}
    if event.get("type") == "message" and event.get("subtype") in _ECHOES and not _changed_by_a_person(event):
        return BoltResponse(status=200, body="")
    return next()


def _changed_by_a_person(event: dict[str, Any]) -> bool:
    """Whether somebody changed or deleted what they had replied in a thread; messages of apps have a bot's id."""
    deleted = event.get("subtype") == "message_deleted"
    message = _changed(event)
    return bool(
        (deleted or event.get("subtype") == "message_changed")
        and (deleted or message.get("edited"))
        and message.get("thread_ts")
        and not message.get("bot_id")
    )


def _changed(event: dict[str, Any]) -> dict[str, Any]:
    """The reply that an event of a change is about: as it is now, or as it was before it was deleted."""
    name = "previous_message" if event.get("subtype") == "message_deleted" else "message"
    return {"channel": event.get("channel"), **(event.get(name) or {})}


def _hear_change(
    reception: Reception, client: WebClient, body: dict[str, Any], event: dict[str, Any]
) -> None:
    """Take a changed reply for what it is now. One whose first words never came counts from now on."""
    team, message = team_of(body), _changed(event)
    deleted = event.get("subtype") == "message_deleted"
    said = said_by_a_person(message, team, reception.who(team).user)
    if said is None or not _new(reception, body):
        return
    edited = str(event.get("event_ts") if deleted else message["edited"].get("ts") or "")
    with _turn_of(said):
        if take_second_thought(reception, SecondThought(said, edited, deleted)):
            return
        # The events of a message may come in any order: a claim keeps its first words from being heard later.
        unheard = reception.store.deliveries.first(_name(said))
        if unheard and not deleted and float(edited) - float(said.ts) < _OVERTAKEN_SECONDS:
            _route(reception, client, said)


def _new(reception: Reception, body: dict[str, Any]) -> bool:
    """Claim an event under its id; Slack delivers some of them twice."""
    return reception.store.deliveries.first(f"event/{team_of(body)}/{body.get('event_id')}")


def _hear(reception: Reception, client: WebClient, body: dict[str, Any], event: dict[str, Any]) -> None:
    team = team_of(body)
    said = said_by_a_person(event, team, reception.who(team).user)
    if said is None or not _new(reception, body):
        return
    with _turn_of(said):
        if reception.store.deliveries.first(_name(said)):
            _route(reception, client, said)


def _turn_of(said: Said) -> threading.Lock:
    return _TURNS[zlib.crc32(_name(said).encode()) % len(_TURNS)]


def _name(said: Said) -> str:
    """What a message is claimed by, whichever events bring it."""
    return f"message/{said.team}/{said.channel}/{said.ts}"


def _route(reception: Reception, client: WebClient, said: Said) -> None:
    new_request = asks_to_optimise(said.text) and bool(said.files or said.fenced)
    for_us = said.addressed and (new_request or said.text.lower() in _ALWAYS_WORDS)
    if said.thread_ts and not for_us and _hear_reply(reception, client, said):
        return
    if said.addressed:
        take_request(reception, client, said)


def _hear_reply(reception: Reception, client: WebClient, said: Said) -> bool:
    """Take a reply in a thread of ours; False when the thread is none."""
    runs = reception.store.runs.in_thread(said.team, said.channel, said.thread_ts)
    run = pick_run(runs) if runs else None
    draft = reception.store.drafts.open_in(said.team, said.channel, said.thread_ts)
    if draft is not None and draft.owner == said.user:
        said = with_files(client, said)
        steers = run is not None and run.status in UNDER_WAY and _may_steer(reception, said, run)
        if said.files or not steers:
            complete_request(reception, client, said, draft)
            return True
    if run is None:
        return False
    take_reply(reception, with_file_facts(client, said), run)
    return True


def _may_steer(reception: Reception, said: Said, run: RunRecord) -> bool:
    return reception.doors.may_change(Asker(said.user, said.team), run.owner)


def _stop_by_reaction(reception: Reception, team: str, event: dict[str, Any]) -> None:
    """A stop sign on the message that shows a run's state, by somebody who may stop it; all others mean nothing."""
    item = event.get("item") or {}
    channel, ts = str(item.get("channel") or ""), str(item.get("ts") or "")
    asker = Asker(str(event.get("user") or ""), team)
    for run in reception.store.runs.posted_as(team, channel, ts, (PARENT, STATUS)):
        if reception.doors.may_change(asker, run.owner):
            stop_run(reception, run.id, asker)
