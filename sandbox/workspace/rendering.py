"""The JSON that Slack shows for users, channels, messages and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sandbox.workspace.filetypes import file_type, is_text_type
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.records import Channel, Message, StoredFile, User

if TYPE_CHECKING:
    from sandbox.workspace.state import WorkspaceState

PREVIEW_CHARACTERS = 600


def user_json(state: WorkspaceState, user: User) -> JsonObject:
    """A user as `users.info` gives it."""
    home = user.home_team or state.seed.team_id
    shown: JsonObject = {
        "id": user.id,
        "team_id": home,
        "name": user.name,
        "real_name": user.real_name,
        "color": user.color,
        "deleted": False,
        "tz": "Europe/Berlin",
        "tz_label": "Central European Time",
        "tz_offset": 3600,
        "profile": {"real_name": user.real_name, "display_name": user.name, "team": home},
        "is_admin": False,
        "is_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "locale": "en-US",
    }
    return shown | {"is_stranger": True} if user.home_team else shown


def channel_json(state: WorkspaceState, channel: Channel, viewer: str) -> JsonObject:
    """A conversation as `conversations.info` gives it to `viewer`."""
    common: JsonObject = {
        "id": channel.id,
        "created": channel.created,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.is_archived,
        "context_team_id": state.seed.team_id,
    }
    if channel.kind == "im":
        other = next((one for one in sorted(channel.members) if one != viewer), viewer)
        return common | {"user": other, "is_open": True, "is_user_deleted": False}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_member": viewer in channel.members,
        "is_general": channel.name == "general",
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message_json(state: WorkspaceState, message: Message) -> JsonObject:
    """A message as `conversations.history` gives it."""
    shown: JsonObject = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": state.home_of(message.user),
    }
    optional: dict[str, Any] = {
        "subtype": message.subtype,
        "bot_id": message.bot_id,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": message.thread_ts,
        "edited": message.edited,
        "metadata": message.metadata,
    }
    shown |= {name: value for name, value in optional.items() if value}
    if message.bot_id:
        shown["app_id"] = state.seed.app_id
        shown["bot_profile"] = bot_profile_json(state)
    if message.files:
        shown["files"] = [file_or_tombstone(state, one) for one in message.files]
        shown["upload"] = False
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    return shown | _thread_summary(state, message)


def _thread_summary(state: WorkspaceState, message: Message) -> JsonObject:
    if message.thread_ts is None:
        return {}
    if message.thread_ts != message.ts:
        parent = state.messages[message.channel].get(message.thread_ts)
        return {"parent_user_id": parent.user} if parent else {}
    replies = state.replies(message.channel, message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "reply_count": len(replies),
        "reply_users": people,
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def bot_profile_json(state: WorkspaceState) -> JsonObject:
    """The app's short description that bot messages carry."""
    return {
        "id": state.seed.bot_id,
        "app_id": state.seed.app_id,
        "user_id": state.seed.bot_user_id,
        "name": state.seed.bot_name,
        "team_id": state.seed.team_id,
        "deleted": False,
    }


def file_or_tombstone(state: WorkspaceState, file_id: str) -> JsonObject:
    """A file as messages carry it; a deleted one leaves a tombstone."""
    stored = state.files.get(file_id)
    return file_json(state, stored) if stored else {"id": file_id, "mode": "tombstone"}


def file_json(state: WorkspaceState, stored: StoredFile) -> JsonObject:
    """A file as `files.info` gives it."""
    name = quote(stored.name, safe="")
    private = f"{state.base_url}files-pri/{stored.id}/{name}"
    author = state.users[stored.user]
    shown: JsonObject = {
        "id": stored.id,
        "created": stored.created,
        "timestamp": stored.created,
        "name": stored.name,
        "title": stored.title,
        "mimetype": stored.mimetype,
        "filetype": stored.filetype,
        "pretty_type": file_type(stored.name, stored.data).pretty,
        "user": stored.user,
        "user_team": state.seed.team_id,
        "editable": is_text_type(stored.mimetype),
        "size": len(stored.data),
        "mode": "snippet" if is_text_type(stored.mimetype) else "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": any(state.channels[one].kind == "public" for one in stored.shares),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": author.name if author.is_bot else "",
        "url_private": private,
        "url_private_download": private,
        "permalink": f"{state.base_url}files/{stored.id}/{name}",
        "has_rich_preview": False,
        "file_access": "visible",
        "shares": _shares(state, stored),
        "channels": _shared_in(state, stored, "public"),
        "groups": _shared_in(state, stored, "private"),
        "ims": _shared_in(state, stored, "im"),
    }
    if stored.mimetype.startswith("image/"):
        shown["thumb_360"] = private
    elif is_text_type(stored.mimetype):
        text = stored.data.decode("utf-8", errors="replace")
        shown |= {"preview": text[:PREVIEW_CHARACTERS], "lines": text.count("\n") + 1}
    return shown


def _shares(state: WorkspaceState, stored: StoredFile) -> JsonObject:
    shares: JsonObject = {}
    for channel_id, stamps in stored.shares.items():
        if not stamps:
            continue
        side = "public" if state.channels[channel_id].kind == "public" else "private"
        entries = []
        for ts in stamps:
            message = state.messages[channel_id].get(ts)
            entry = {"ts": ts, "reply_users": [], "reply_count": 0}
            if message is not None and message.thread_ts not in (None, ts):
                entry["thread_ts"] = message.thread_ts
            entries.append(entry)
        shares.setdefault(side, {})[channel_id] = entries
    return shares


def _shared_in(state: WorkspaceState, stored: StoredFile, kind: str) -> list[str]:
    return [one for one, stamps in stored.shares.items() if stamps and state.channels[one].kind == kind]
