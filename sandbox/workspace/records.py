"""The things a workspace consists of: people, channels, messages, files, views and tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sandbox.workspace.json_types import JsonList, JsonObject

ChannelKind = Literal["public", "private", "im", "mpim"]


@dataclass(frozen=True, slots=True)
class User:
    """A person, or the app's bot user."""

    id: str
    name: str
    real_name: str
    color: str
    is_bot: bool = False
    is_guest: bool = False
    home_team: str = ""


@dataclass(slots=True)
class Channel:
    """A conversation of any kind; for a direct one `name` is empty."""

    id: str
    name: str
    kind: ChannelKind
    members: set[str]
    created: int
    topic: str = ""
    is_archived: bool = False
    is_ext_shared: bool = False
    refuses: str = ""
    """The error that whoever posts there as an app gets, as with posting rules; empty when all is open."""


@dataclass(slots=True)
class Message:
    """A posted message. `seen_only_by` holds the one person who sees an ephemeral message."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: JsonList = field(default_factory=list)
    attachments: JsonList = field(default_factory=list)
    thread_ts: str | None = None
    bot_id: str | None = None
    subtype: str | None = None
    files: tuple[str, ...] = ()
    edited: JsonObject | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: JsonObject | None = None
    seen_only_by: str | None = None


@dataclass(slots=True)
class StoredFile:
    """An uploaded file, with the channels where it is shared as channel → message stamps."""

    id: str
    name: str
    title: str
    mimetype: str
    filetype: str
    data: bytes
    user: str
    created: int
    shares: dict[str, list[str]] = field(default_factory=dict)
    given_to_app: bool = False


@dataclass(slots=True)
class View:
    """A modal or a Home tab: what the app sent, and what Slack adds to it."""

    id: str
    user: str
    content: JsonObject
    hash: str
    root_id: str
    previous_id: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A credential of the app and what it may do."""

    value: str
    kind: Literal["bot", "app"]
    scopes: frozenset[str]
