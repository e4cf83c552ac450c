"""The JSON that the page works with: Slack's shapes with page URLs and what only the page needs."""

from __future__ import annotations

import copy
from urllib.parse import quote

from sandbox.workspace.filetypes import may_be_shown_inline
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.modals import view_json
from sandbox.workspace.records import Channel, Message, StoredFile, User, View
from sandbox.workspace.rendering import message_json
from sandbox.workspace.state import WorkspaceState


def page_user(user: User) -> JsonObject:
    """A person in the page's list."""
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "is_bot": user.is_bot,
        "color": user.color,
    }


def page_channel(state: WorkspaceState, channel: Channel, viewer: str) -> JsonObject:
    """A channel in the page's list; a direct one has the other person's name."""
    others = [state.users[one] for one in sorted(channel.members) if one != viewer]
    return {
        "id": channel.id,
        "name": channel.name or ", ".join(one.name for one in others),
        "is_private": channel.kind == "private",
        "is_im": channel.kind in ("im", "mpim"),
        "is_member": viewer in channel.members,
        "is_archived": channel.is_archived,
        "topic": channel.topic,
        "members": sorted(channel.members),
        "user": others[0].id if channel.kind == "im" and others else None,
    }


def page_file(stored: StoredFile) -> JsonObject:
    """A file with the address where the page reads it."""
    url = f"/files/{stored.id}/{quote(stored.name, safe='')}"
    shown: JsonObject = {
        "id": stored.id,
        "name": stored.name,
        "title": stored.title,
        "mimetype": stored.mimetype,
        "filetype": stored.filetype,
        "size": len(stored.data),
        "url": url,
    }
    if may_be_shown_inline(stored.mimetype):
        shown["thumb"] = url
    return shown


def page_message(state: WorkspaceState, message: Message) -> JsonObject:
    """A message for the page."""
    shown = message_json(state, message) | {"channel": message.channel}
    if message.files:
        shown["files"] = [page_file(state.files[one]) for one in message.files if one in state.files]
    if message.seen_only_by is not None:
        shown["ephemeral"] = True
    return shown


def page_view(state: WorkspaceState, view: View) -> JsonObject:
    """A view for the page, with the current conversation filled in where the app asked for it."""
    shown = view_json(state, view)
    shown["blocks"] = copy.deepcopy(shown["blocks"])
    for block in shown["blocks"]:
        for element in [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]:
            if isinstance(element, dict) and element.get("default_to_current_conversation"):
                fill_current_conversation(element, view.channel)
    return shown


def fill_current_conversation(element: JsonObject, channel: str | None) -> None:
    """Choose the channel where the person came from, if the app chose none itself."""
    if channel is None:
        return
    if element["type"] == "conversations_select":
        element.setdefault("initial_conversation", channel)
    elif element["type"] == "multi_conversations_select":
        element.setdefault("initial_conversations", [channel])
