"""Turning changes of the workspace into the events that the app has subscribed to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.workspace.changes import (
    Change,
    ChannelShared,
    HomeOpened,
    MemberJoined,
    MessageEdited,
    MessagePosted,
    MessageRemoved,
    ReactionChanged,
)
from sandbox.workspace.delivery import Gateway
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.modals import view_json
from sandbox.workspace.records import Message
from sandbox.workspace.rendering import message_json
from sandbox.workspace.state import WorkspaceState

_SUBSCRIPTION = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
CHECK = "check_file_info"
"""A file of another organisation comes without a name; files.info has the rest."""
_CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}


@dataclass(slots=True)
class EventRules:
    """Slack's irregularities that a test can switch on."""

    mention_without_files: bool = False
    files_by_id: bool = False
    """Messages hold no more of their files than ids, as in channels with another organisation."""


class AppEvents:
    """Watches the state and announces events about places where the bot is a member."""

    def __init__(self, state: WorkspaceState, gateway: Gateway, rules: EventRules) -> None:
        self._state = state
        self._gateway = gateway
        self._rules = rules

    def see(self, change: Change) -> None:
        """Announce the events of one change."""
        for subscription, event in self._events(change):
            if subscription in self._state.seed.events:
                self._gateway.announce(event)

    def _events(self, change: Change) -> Iterator[tuple[str, JsonObject]]:
        match change:
            case MessagePosted(message=message) if self._heard(message):
                yield from self._posted(message)
            case MessageEdited(message=message, before=before, by_author=True) if self._heard(message):
                yield self._message_event(
                    message,
                    {
                        "subtype": "message_changed",
                        "message": message_json(self._state, message),
                        "previous_message": before,
                    },
                )
            case MessageRemoved(message=message) if self._heard(message):
                yield self._message_event(
                    message,
                    {
                        "subtype": "message_deleted",
                        "deleted_ts": message.ts,
                        "previous_message": message_json(self._state, message),
                    },
                )
            case ReactionChanged(message=message) if self._heard(message):
                yield self._reaction(change)
            case MemberJoined(channel=channel) if self._bot_is_in(channel):
                yield "member_joined_channel", self._joined(change)
            case ChannelShared(channel=channel, shared=shared) if self._bot_is_in(channel):
                name = "channel_shared" if shared else "channel_unshared"
                yield name, {"type": name, "channel": channel, "event_ts": self._state.new_ts()}
            case HomeOpened():
                yield "app_home_opened", self._home_opened(change)

    def _bot_is_in(self, channel: str) -> bool:
        return self._state.seed.bot_user_id in self._state.channels[channel].members

    def _heard(self, message: Message) -> bool:
        return message.seen_only_by is None and self._bot_is_in(message.channel)

    def _posted(self, message: Message) -> Iterator[tuple[str, JsonObject]]:
        kind = self._state.channels[message.channel].kind
        event = message_json(self._state, message) | {
            "channel": message.channel,
            "event_ts": message.ts,
            "channel_type": _CHANNEL_TYPE[kind],
        }
        if message.files and (self._rules.files_by_id or self._state.users[message.user].home_team):
            event["files"] = [
                {"id": one, "mode": "file_access", "file_access": CHECK} for one in message.files
            ]
        if message.files and "subtype" not in event:
            event["subtype"] = "file_share"
        yield _SUBSCRIPTION[kind], event
        if f"<@{self._state.seed.bot_user_id}>" in message.text and kind != "im" and not message.bot_id:
            mention = {
                name: value for name, value in event.items() if name not in ("subtype", "channel_type")
            }
            if self._rules.mention_without_files:
                mention.pop("files", None)
            yield "app_mention", mention | {"type": "app_mention"}
        for file_id in message.files:
            yield (
                "file_shared",
                {
                    "type": "file_shared",
                    "file_id": file_id,
                    "user_id": message.user,
                    "file": {"id": file_id},
                    "channel_id": message.channel,
                    "event_ts": message.ts,
                },
            )

    def _message_event(self, message: Message, fields: JsonObject) -> tuple[str, JsonObject]:
        kind = self._state.channels[message.channel].kind
        ts = self._state.new_ts()
        common = {
            "type": "message",
            "channel": message.channel,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": _CHANNEL_TYPE[kind],
        }
        return _SUBSCRIPTION[kind], common | fields

    def _reaction(self, change: ReactionChanged) -> tuple[str, JsonObject]:
        name = "reaction_added" if change.added else "reaction_removed"
        item = {"type": "message", "channel": change.message.channel, "ts": change.message.ts}
        return name, {
            "type": name,
            "user": change.user,
            "reaction": change.name,
            "item": item,
            "item_user": change.message.user,
            "event_ts": self._state.new_ts(),
        }

    def _joined(self, change: MemberJoined) -> JsonObject:
        channel = self._state.channels[change.channel]
        return {
            "type": "member_joined_channel",
            "user": change.user,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "public" else "G",
            "team": self._state.seed.team_id,
            "inviter": change.inviter,
            "event_ts": self._state.new_ts(),
        }

    def _home_opened(self, change: HomeOpened) -> JsonObject:
        channel = self._state.direct_channel({change.user, self._state.seed.bot_user_id})
        event: JsonObject = {
            "type": "app_home_opened",
            "user": change.user,
            "channel": channel.id,
            "tab": change.tab,
            "event_ts": self._state.new_ts(),
        }
        if change.view is not None:
            event["view"] = view_json(self._state, change.view)
        return event
