"""The workspace's memory: lookups, membership and changes, and telling the watchers about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sandbox.workspace.changes import (
    Change,
    ChannelShared,
    MemberJoined,
    MessageEdited,
    MessagePosted,
    MessageRemoved,
    ReactionChanged,
)
from sandbox.workspace.clock import Clock
from sandbox.workspace.errors import ApiError
from sandbox.workspace.filetypes import file_type
from sandbox.workspace.ids import new_id
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.records import Channel, Message, StoredFile, Token, User
from sandbox.workspace.rendering import message_json
from sandbox.workspace.seed import Seed

Watcher = Callable[[Change], None]


class WorkspaceState:
    """People, channels, messages and files. Every change is told to the watchers, in order."""

    def __init__(self, seed: Seed, clock: Clock) -> None:
        self.seed = seed
        self.clock = clock
        self.base_url = "http://127.0.0.1/"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.files: dict[str, StoredFile] = {}
        self.tokens: dict[str, Token] = {}
        self._watchers: list[Watcher] = []
        self._last_stamp = 0
        self._plant(seed)

    def _plant(self, seed: Seed) -> None:
        for person in seed.users:
            self.users[person.id] = User(
                person.id,
                person.name,
                person.real_name or person.name,
                person.color,
                is_guest=person.is_guest,
                home_team=person.home_team,
            )
        self.users[seed.bot_user_id] = User(
            seed.bot_user_id, seed.bot_name, seed.bot_name.capitalize(), "3f3f46", is_bot=True
        )
        by_name = {user.name: user.id for user in self.users.values()}
        for planned in seed.channels:
            members = {by_name[name] for name in planned.members if name in by_name}
            kind: Literal["private", "public"] = "private" if planned.is_private else "public"
            self.add_channel(
                Channel(
                    planned.id,
                    planned.name,
                    kind,
                    members,
                    int(self.clock.now()),
                    planned.topic,
                    planned.is_archived,
                    planned.is_ext_shared,
                )
            )
        for person in seed.users:
            self.direct_channel({person.id, seed.bot_user_id})
        self.tokens[seed.bot_token] = Token(seed.bot_token, "bot", frozenset(seed.scopes))
        self.tokens[seed.app_token] = Token(seed.app_token, "app", frozenset({"connections:write"}))
        for value, scopes in seed.extra_tokens.items():
            kind_of_token: Literal["app", "bot"] = "app" if value.startswith("xapp") else "bot"
            self.tokens[value] = Token(value, kind_of_token, frozenset(scopes))

    def home_of(self, user: str) -> str:
        """The workspace that a person belongs to; this one in doubt."""
        known = self.users.get(user)
        return (known.home_team if known else "") or self.seed.team_id

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with every change from now on; the answer takes it off again."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, change: Change) -> None:
        """Give one change to all watchers."""
        for watcher in tuple(self._watchers):
            watcher(change)

    def new_ts(self) -> str:
        """A message stamp in Slack's form: seconds and microseconds, greater than all before."""
        self._last_stamp = max(self._last_stamp + 1, int(self.clock.now() * 1_000_000))
        return f"{self._last_stamp // 1_000_000}.{self._last_stamp % 1_000_000:06d}"

    # people and channels

    @property
    def bot(self) -> User:
        """The app's bot user."""
        return self.users[self.seed.bot_user_id]

    def person(self, name_or_id: str) -> User:
        """A user by id or name. Raises ApiError user_not_found."""
        found = self.users.get(name_or_id)
        if found is None:
            name = name_or_id.lstrip("@")
            found = next((user for user in self.users.values() if user.name == name), None)
        if found is None:
            raise ApiError("user_not_found")
        return found

    def add_channel(self, channel: Channel) -> Channel:
        """Remember a new channel."""
        self.channels[channel.id] = channel
        self.messages[channel.id] = {}
        return channel

    def channel(self, name_or_id: str) -> Channel:
        """A channel by id or name. Raises ApiError channel_not_found."""
        found = self.channels.get(name_or_id)
        if found is None and name_or_id:
            name = name_or_id.lstrip("#")
            found = next((one for one in self.channels.values() if one.name == name), None)
        if found is None:
            raise ApiError("channel_not_found")
        return found

    def direct_channel(self, members: set[str]) -> Channel:
        """The direct conversation of exactly these people, opened if there was none."""
        kind: Literal["im", "mpim"] = "im" if len(members) <= 2 else "mpim"
        for channel in self.channels.values():
            if channel.kind == kind and channel.members == members:
                return channel
        name = ""
        if kind == "mpim":
            name = "mpdm-" + "--".join(sorted(self.users[one].name for one in members)) + "-1"
        prefix = "D" if kind == "im" else "G"
        return self.add_channel(Channel(new_id(prefix), name, kind, set(members), int(self.clock.now())))

    def may_look(self, user: str, channel: Channel) -> bool:
        """Whether a person can read a channel: it is public, or they are in it."""
        return channel.kind == "public" or user in channel.members

    def join(self, channel: Channel, user: str, inviter: str) -> None:
        """Make a user a member; nothing happens if they are one already."""
        if user not in channel.members:
            channel.members.add(user)
            self.tell(MemberJoined(channel.id, user, inviter))

    def convert(self, channel: Channel, kind: Literal["public", "private"], user: str) -> None:
        """Make a channel private or public, with the message by which Slack says so."""
        channel.kind = kind
        words = f"made this channel *{kind}*."
        subtype = f"channel_convert_to_{kind}"
        self.post(Message(channel.id, self.new_ts(), user, words, subtype=subtype))

    def share(self, channel: Channel, *, shared: bool) -> None:
        """Let another organisation into a channel, or end that."""
        channel.is_ext_shared = shared
        self.tell(ChannelShared(channel.id, shared))

    # messages

    def message(self, channel: str, ts: str) -> Message:
        """A message by its stamp. Raises ApiError message_not_found."""
        found = self.messages.get(channel, {}).get(ts)
        if found is None:
            raise ApiError("message_not_found")
        return found

    def replies(self, channel: str, ts: str) -> list[Message]:
        """The answers in a message's thread that everybody in the channel sees, oldest first."""
        return [
            one
            for one in self.messages[channel].values()
            if one.thread_ts == ts and one.ts != ts and one.seen_only_by is None
        ]

    def post(self, message: Message) -> Message:
        """Add a message to its channel; its files become shared there."""
        self.messages[message.channel][message.ts] = message
        for file_id in message.files:
            self.files[file_id].shares.setdefault(message.channel, []).append(message.ts)
        parent = self._parent(message)
        if parent is not None and parent.thread_ts is None and message.seen_only_by is None:
            parent.thread_ts = parent.ts
        self.tell(MessagePosted(message))
        if parent is not None and message.seen_only_by is None:
            self.tell(MessageEdited(parent, message_json(self, parent), by_author=False))
        return message

    def _parent(self, message: Message) -> Message | None:
        if message.thread_ts is None or message.thread_ts == message.ts:
            return None
        return self.messages[message.channel].get(message.thread_ts)

    def edit(self, message: Message, editor: str, changes: JsonObject) -> None:
        """Replace fields of a message; it is marked as edited unless blocks were given, as in Slack."""
        before = message_json(self, message)
        for name, value in changes.items():
            setattr(message, name, value)
        if editor != self.bot.id or not changes.get("blocks"):
            message.edited = {"user": editor, "ts": self.new_ts()}
        self.tell(MessageEdited(message, before))

    def remove(self, message: Message) -> None:
        """Delete a message; its files stay but are no longer shared by it."""
        del self.messages[message.channel][message.ts]
        for file_id in message.files:
            stamps = self.files[file_id].shares.get(message.channel, [])
            if message.ts in stamps:
                stamps.remove(message.ts)
        self.tell(MessageRemoved(message))

    def react(self, message: Message, user: str, name: str, *, add: bool = True) -> None:
        """Put or take back a reaction. Raises ApiError already_reacted or no_reaction."""
        people = message.reactions.setdefault(name, [])
        if add == (user in people):
            raise ApiError("already_reacted" if add else "no_reaction")
        if add:
            people.append(user)
        else:
            people.remove(user)
        if not people:
            del message.reactions[name]
        self.tell(ReactionChanged(message, user, name, add))

    # files

    def add_file(
        self, name: str, data: bytes, user: str, *, title: str = "", file_id: str = ""
    ) -> StoredFile:
        """Store a file that is shared nowhere yet."""
        kind = file_type(name, data)
        stored = StoredFile(
            file_id or new_id("F"),
            name,
            title or name,
            kind.mimetype,
            kind.filetype,
            data,
            user,
            int(self.clock.now()),
        )
        self.files[stored.id] = stored
        return stored

    def delete_file(self, stored: StoredFile) -> None:
        """Delete a file; the messages that shared it show that it is gone."""
        del self.files[stored.id]
        for channel, stamps in stored.shares.items():
            for ts in stamps:
                message = self.messages[channel].get(ts)
                if message is not None:
                    self.tell(MessageEdited(message, message_json(self, message), by_author=False))

    def file_seen_by(self, file_id: str, user: str) -> StoredFile:
        """A file that a user may read. Raises ApiError file_not_found for unknown and forbidden alike."""
        stored = self.files.get(file_id)
        if stored is None or not self._may_read(stored, user):
            raise ApiError("file_not_found")
        return stored

    def _may_read(self, stored: StoredFile, user: str) -> bool:
        if stored.user == user or (stored.given_to_app and user == self.seed.bot_user_id):
            return True
        return any(stamps and user in self.channels[one].members for one, stamps in stored.shares.items())
