"""chat.*: post, update and delete messages."""

from __future__ import annotations

import json
from typing import Any

from sandbox.workspace.blockkit.messages import check_message
from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonList, JsonObject
from sandbox.workspace.markup import tidy_app_text
from sandbox.workspace.rates import Tier
from sandbox.workspace.records import Channel, Message
from sandbox.workspace.rendering import message_json
from sandbox.workspace.web_api.calls import Call, Method

MOST_POSTED_CHARACTERS = 40_000
MOST_UPDATED_CHARACTERS = 4_000
MOST_MARKDOWN_CHARACTERS = 12_000
MOST_METADATA_BYTES = 8_000


def _attachments(call: Call) -> JsonList:
    attachments: Any = call.args.parsed("attachments", "invalid_attachments") or []
    if not isinstance(attachments, list) or len(attachments) > 100:
        raise ApiError("too_many_attachments" if isinstance(attachments, list) else "invalid_attachments")
    for one in attachments:
        check_message(one.get("blocks") or [])
    return attachments


def _metadata(call: Call) -> JsonObject | None:
    metadata = call.args.parsed("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise ApiError("invalid_metadata_format")
    if len(json.dumps(metadata)) > MOST_METADATA_BYTES:
        raise ApiError("metadata_too_large")
    return metadata


def _markdown_block(call: Call) -> JsonList:
    markdown = call.args.text("markdown_text")
    if not markdown:
        return []
    if call.args.text("text") or call.args.values.get("blocks"):
        raise ApiError("markdown_text_conflict")
    if len(markdown) > MOST_MARKDOWN_CHARACTERS:
        raise ApiError("msg_too_long")
    return check_message([{"type": "markdown", "text": markdown}])


def _thread(call: Call, channel: Channel) -> str | None:
    thread_ts = call.args.text("thread_ts") or None
    if thread_ts is not None and thread_ts not in call.workspace.state.messages[channel.id]:
        raise ApiError("thread_not_found")
    return thread_ts


def post_message(call: Call) -> JsonObject:
    """chat.postMessage."""
    channel = call.channel_to_write()
    state = call.workspace.state
    text = call.args.text("text")
    warnings = ["message_truncated"] if len(text) > MOST_POSTED_CHARACTERS else []
    blocks = _markdown_block(call) or call.blocks()
    attachments = _attachments(call)
    if not text and not blocks and not attachments:
        raise ApiError("no_text")
    thread_ts = _thread(call, channel)
    message = state.post(
        Message(
            channel.id,
            state.new_ts(),
            call.bot,
            tidy_app_text(text[:MOST_POSTED_CHARACTERS]),
            blocks,
            attachments,
            thread_ts=thread_ts,
            bot_id=call.workspace.seed.bot_id,
            subtype="thread_broadcast" if thread_ts and call.args.flag("reply_broadcast") else None,
            metadata=_metadata(call),
        )
    )
    answer = {"channel": channel.id, "ts": message.ts, "message": message_json(state, message)}
    if warnings:
        answer |= {"warning": warnings[0], "response_metadata": {"warnings": warnings}}
    return answer


def update(call: Call) -> JsonObject:
    """chat.update: only the bot's own messages."""
    channel = call.channel()
    state = call.workspace.state
    message = _own_message(call, channel, "cant_update_message")
    if channel.is_archived:
        raise ApiError("is_archived")
    given = call.args.values
    text = call.args.text("text")
    if len(text) > MOST_UPDATED_CHARACTERS:
        raise ApiError("msg_too_long")
    blocks = _markdown_block(call) or call.blocks()
    attachments = _attachments(call)
    if not text and not blocks and not attachments:
        raise ApiError("no_text")
    changes: JsonObject = {"text": tidy_app_text(text)} if "text" in given else {}
    if "blocks" in given or "markdown_text" in given or "text" in given:
        changes["blocks"] = blocks
    if "attachments" in given:
        changes["attachments"] = attachments
    if "metadata" in given:
        changes["metadata"] = _metadata(call)
    state.edit(message, call.bot, changes)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(state, message),
    }


def delete(call: Call) -> JsonObject:
    """chat.delete: only the bot's own messages."""
    channel = call.channel()
    message = _own_message(call, channel, "cant_delete_message")
    call.workspace.state.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def _own_message(call: Call, channel: Channel, refusal: str) -> Message:
    message = call.workspace.state.message(channel.id, call.args.required("ts"))
    if message.seen_only_by is not None:
        raise ApiError("message_not_found")
    if message.user != call.bot:
        raise ApiError(refusal)
    return message


def post_ephemeral(call: Call) -> JsonObject:
    """chat.postEphemeral: seen by one member of the channel, and not kept by Slack."""
    channel = call.channel_to_write()
    state = call.workspace.state
    user = call.args.required("user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    blocks = call.blocks()
    text = call.args.text("text")
    if not text and not blocks:
        raise ApiError("no_text")
    message = state.post(
        Message(
            channel.id,
            state.new_ts(),
            call.bot,
            tidy_app_text(text),
            blocks,
            _attachments(call),
            thread_ts=_thread(call, channel),
            bot_id=call.workspace.seed.bot_id,
            seen_only_by=user,
        )
    )
    return {"message_ts": message.ts}


def get_permalink(call: Call) -> JsonObject:
    """chat.getPermalink."""
    channel = call.channel()
    message = call.workspace.state.message(channel.id, call.args.required("message_ts"))
    link = f"{call.workspace.state.base_url}archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts not in (None, message.ts):
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


METHODS = {
    "chat.postMessage": Method(post_message, Tier.POSTING, "chat:write"),
    "chat.update": Method(update, Tier.THREE, "chat:write"),
    "chat.delete": Method(delete, Tier.THREE, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, Tier.FOUR, "chat:write"),
    "chat.getPermalink": Method(get_permalink, Tier.SPECIAL),
}
