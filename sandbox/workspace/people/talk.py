"""A person writes, edits and deletes messages, uploads files, reacts and opens the Home tab."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sandbox.workspace.changes import HomeOpened
from sandbox.workspace.errors import ApiError
from sandbox.workspace.markup import typed_text
from sandbox.workspace.people.commands import run_command
from sandbox.workspace.records import Channel, Message, StoredFile
from sandbox.workspace.workspace import Workspace

_COMMAND = re.compile(r"/[a-z][a-z0-9_-]*(\s|$)")
LARGEST_FILE_BYTES = 64 * 1024 * 1024


async def send(
    workspace: Workspace,
    user: str,
    channel: str,
    text: str,
    *,
    thread_ts: str | None = None,
    file_ids: Sequence[str] = (),
) -> Message | None:
    """Post a message as a person types it; a text that starts with a command runs it instead.

    Raises ApiError for an unknown channel, a channel the person is not in, or an empty message,
    and DeliveryFailed when a command did not reach the app.
    """
    if _COMMAND.match(text) and not file_ids:
        if thread_ts:
            raise ApiError("commands_do_not_work_in_threads")
        await run_command(workspace, user, channel, text)
        return None
    place = open_to(workspace, user, channel)
    if not text.strip() and not file_ids:
        raise ApiError("no_text")
    for file_id in file_ids:
        workspace.state.file_seen_by(file_id, user)
    stored, blocks = typed_text(text, lambda name: user_named(workspace, name))
    return workspace.state.post(
        Message(
            place.id,
            workspace.state.new_ts(),
            user,
            stored,
            blocks,
            thread_ts=thread_ts,
            files=tuple(file_ids),
            subtype="file_share" if file_ids else None,
        )
    )


def open_to(workspace: Workspace, user: str, channel: str) -> Channel:
    """A channel in which a person may write. Raises ApiError otherwise."""
    place = workspace.state.channel(channel)
    if not workspace.state.may_look(user, place):
        raise ApiError("channel_not_found")
    if user not in place.members:
        raise ApiError("not_in_channel")
    if place.is_archived:
        raise ApiError("is_archived")
    return place


def user_named(workspace: Workspace, name: str) -> str | None:
    """The id of a user by name or id, or None."""
    try:
        return workspace.state.person(name).id
    except ApiError:
        return None


def upload(workspace: Workspace, user: str, name: str, data: bytes) -> StoredFile:
    """Keep a file that a person chose. Raises ApiError for an empty or too large one."""
    if not data:
        raise ApiError("empty_file")
    if len(data) > LARGEST_FILE_BYTES:
        raise ApiError("file_too_large")
    return workspace.state.add_file(name.replace("/", "_").replace("\\", "_") or "file", data, user)


def edit(workspace: Workspace, user: str, channel: str, ts: str, text: str) -> None:
    """A person edits their own message. Raises ApiError cant_update_message for others' messages."""
    message = workspace.state.message(channel, ts)
    if message.user != user:
        raise ApiError("cant_update_message")
    stored, blocks = typed_text(text, lambda name: user_named(workspace, name))
    workspace.state.edit(message, user, {"text": stored, "blocks": blocks})


def delete(workspace: Workspace, user: str, channel: str, ts: str, *, as_admin: bool = False) -> None:
    """A person deletes their own message, or dismisses one that only they see; an admin deletes any."""
    message = workspace.state.message(channel, ts)
    if not as_admin and user not in (message.user, message.seen_only_by):
        raise ApiError("cant_delete_message")
    workspace.state.remove(message)


def react(workspace: Workspace, user: str, channel: str, ts: str, name: str) -> None:
    """Put a reaction on a message, or take it back if it is there."""
    message = visible_message(workspace, user, channel, ts)
    there = user in message.reactions.get(name.strip(":"), ())
    workspace.state.react(message, user, name.strip(":"), add=not there)


def visible_message(workspace: Workspace, user: str, channel: str, ts: str) -> Message:
    """A message that a person sees. Raises ApiError channel_not_found or message_not_found."""
    place = workspace.state.channel(channel)
    if not workspace.state.may_look(user, place):
        raise ApiError("channel_not_found")
    message = workspace.state.message(place.id, ts)
    if message.seen_only_by not in (None, user):
        raise ApiError("message_not_found")
    return message


def open_home(workspace: Workspace, user: str, tab: str = "home") -> None:
    """A person looks at the app's Home (or Messages) tab."""
    workspace.state.tell(HomeOpened(user, tab, workspace.modals.home(user) if tab == "home" else None))
