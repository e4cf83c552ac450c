"""The changes that a workspace tells its watchers: the page, the app, a waiting test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.records import Message, View


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """A message appeared."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message got a new content; `before` is its rendered form until now."""

    message: Message
    before: JsonObject
    by_author: bool = True


@dataclass(frozen=True, slots=True)
class MessageRemoved:
    """A message was deleted."""

    message: Message


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    """A person put a reaction on a message, or took it back."""

    message: Message
    user: str
    name: str
    added: bool


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """Somebody is a member of a channel now."""

    channel: str
    user: str
    inviter: str


@dataclass(frozen=True, slots=True)
class ChannelShared:
    """Another organisation was let into a channel, or left it."""

    channel: str
    shared: bool


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A view opened, was pushed on another one, or changed."""

    how: Literal["view_open", "view_push", "view_update"]
    view: View


@dataclass(frozen=True, slots=True)
class ViewClosed:
    """A view is no longer on the person's screen."""

    user: str
    view_id: str


@dataclass(frozen=True, slots=True)
class HomePublished:
    """The app's Home tab has a new content for one person."""

    view: View


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person looks at the app's Home or Messages tab."""

    user: str
    tab: str
    view: View | None


Change = (
    MessagePosted
    | MessageEdited
    | MessageRemoved
    | ReactionChanged
    | MemberJoined
    | ChannelShared
    | ViewShown
    | ViewClosed
    | HomePublished
    | HomeOpened
)
