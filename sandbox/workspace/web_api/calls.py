"""One call of a Web API method: who asks, with which arguments, and how methods are declared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.workspace.blockkit.messages import check_message, invalid_blocks, named_files
from sandbox.workspace.errors import ApiError, missing_field
from sandbox.workspace.json_types import JsonList, JsonObject
from sandbox.workspace.rates import Tier
from sandbox.workspace.records import Channel, Token
from sandbox.workspace.workspace import Workspace

MOST_ITEMS = 1000
_HISTORY_SCOPES = {
    "public": "channels:history",
    "private": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
READ_SCOPES = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}


class Args:
    """The arguments of a call, wherever the client put them (JSON body, form or query)."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = dict(values)

    def text(self, name: str, default: str = "") -> str:
        """A string argument."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """A string that has to be there. Raises ApiError invalid_arguments."""
        value = self.text(name)
        if not value:
            raise missing_field(name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean in any of the forms that clients send."""
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true", "yes")

    def number(self, name: str, default: int) -> int:
        """A whole number. Raises ApiError invalid_arguments."""
        try:
            return int(self.text(name, str(default)))
        except ValueError as error:
            raise ApiError(
                "invalid_arguments", messages=[f"[ERROR] must be an integer [json-pointer:/{name}]"]
            ) from error

    def parsed(self, name: str, error_code: str = "invalid_arguments") -> Any:
        """A JSON value, given as such or as a JSON string; None if it is not there."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise ApiError(error_code) from error


@dataclass(frozen=True, slots=True)
class Call:
    """A call that passed the door: token, rate and scope are in order."""

    workspace: Workspace
    token: Token
    args: Args

    @property
    def bot(self) -> str:
        """The bot user's id."""
        return self.workspace.seed.bot_user_id

    def channel(self, name: str = "channel") -> Channel:
        """The channel named by an argument, if the bot may know of it; a user id means the DM with them.

        Raises ApiError channel_not_found.
        """
        wanted = self.args.required(name)
        state = self.workspace.state
        if wanted in state.users:
            return state.direct_channel({wanted, self.bot})
        channel = state.channel(wanted)
        if not state.may_look(self.bot, channel):
            raise ApiError("channel_not_found")
        return channel

    def channel_to_write(self, name: str = "channel") -> Channel:
        """A channel in which the bot may post. Raises ApiError not_in_channel, is_archived, …"""
        channel = self.channel(name)
        if self.bot not in channel.members and not (
            channel.kind == "public" and "chat:write.public" in self.token.scopes
        ):
            raise ApiError("not_in_channel")
        if channel.is_archived:
            raise ApiError("is_archived")
        if channel.refuses:
            raise ApiError(channel.refuses)
        return channel

    def channel_to_read(self, name: str = "channel") -> Channel:
        """A channel whose messages the bot may read. Raises ApiError not_in_channel or missing_scope."""
        channel = self.channel(name)
        self.need(_HISTORY_SCOPES[channel.kind])
        if self.bot not in channel.members:
            raise ApiError("not_in_channel")
        return channel

    def channel_to_know(self, name: str = "channel") -> Channel:
        """A channel whose name and members the bot may know. Raises ApiError missing_scope."""
        channel = self.channel(name)
        self.need(READ_SCOPES[channel.kind])
        return channel

    def blocks(self) -> JsonList:
        """The message blocks of the call, checked and with ids; empty if there are none.

        Raises ApiError invalid_blocks_format, invalid_blocks or msg_blocks_too_long.
        """
        given = self.args.parsed("blocks", "invalid_blocks_format")
        if given is None:
            return []
        if not isinstance(given, list):
            raise ApiError("invalid_blocks_format")
        blocks = check_message(given)
        self._files_exist(blocks)
        return blocks

    def _files_exist(self, blocks: JsonList) -> None:
        problems = []
        for pointer, file_id in named_files(blocks):
            try:
                self.workspace.state.file_seen_by(file_id, self.bot)
            except ApiError:
                problems.append(f"invalid slack file [json-pointer:{pointer}]")
        if problems:
            raise invalid_blocks(problems)

    def need(self, scope: str) -> None:
        """Raise ApiError missing_scope unless the token has a scope."""
        if scope not in self.token.scopes:
            raise missing_scope(scope, self.token)


def missing_scope(needed: str, token: Token) -> ApiError:
    """The refusal for a token without the right."""
    return ApiError("missing_scope", needed=needed, provided=",".join(sorted(token.scopes)))


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: what it does, how often it may be called, and what the token needs."""

    run: Callable[[Call], JsonObject]
    tier: Tier
    scope: str = ""
    caller: Literal["bot", "app", "none"] = "bot"
