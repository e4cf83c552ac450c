"""files.*: upload in two steps, describe and delete files."""

from __future__ import annotations

from sandbox.workspace.errors import ApiError, missing_field
from sandbox.workspace.ids import new_id
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.markup import tidy_app_text
from sandbox.workspace.rates import Tier
from sandbox.workspace.records import Channel, Message, StoredFile
from sandbox.workspace.rendering import file_json
from sandbox.workspace.uploads import UploadSlot
from sandbox.workspace.web_api.calls import Args, Call, Method

MOST_SNIPPET_BYTES = 1024 * 1024


def get_upload_url(call: Call) -> JsonObject:
    """files.getUploadURLExternal."""
    name = call.args.required("filename")
    length = call.args.number("length", 0)
    if length < 1:
        raise ApiError(
            "invalid_arguments", messages=["[ERROR] must be greater than 0 [json-pointer:/length]"]
        )
    snippet_type = call.args.text("snippet_type") or None
    if snippet_type and length > MOST_SNIPPET_BYTES:
        raise ApiError("snippet_too_large")
    slot = UploadSlot(new_id("F"), name, length, snippet_type)
    key = call.workspace.uploads.begin(slot)
    return {"upload_url": f"{call.workspace.state.base_url}upload/v1/{key}", "file_id": slot.file_id}


def complete_upload(call: Call) -> JsonObject:
    """files.completeUploadExternal: keep the files, and share them with a message if channels are named."""
    wanted = call.args.parsed("files")
    if not isinstance(wanted, list) or not wanted:
        raise missing_field("files")
    channels = _channels(call)
    thread_ts = call.args.text("thread_ts") or None
    if thread_ts and any(thread_ts not in call.workspace.state.messages[one.id] for one in channels):
        raise ApiError("thread_not_found")
    blocks = call.blocks()
    if blocks and call.args.text("initial_comment"):
        raise ApiError(
            "invalid_arguments", messages=["[ERROR] blocks and initial_comment exclude each other"]
        )
    stored = [_keep(call, one) for one in wanted]
    state = call.workspace.state
    for channel in channels:
        state.post(
            Message(
                channel.id,
                state.new_ts(),
                call.bot,
                tidy_app_text(call.args.text("initial_comment")),
                blocks,
                thread_ts=thread_ts,
                bot_id=call.workspace.seed.bot_id,
                subtype="file_share",
                files=tuple(one.id for one in stored),
            )
        )
    return {"files": [file_json(state, one) for one in stored]}


def _channels(call: Call) -> list[Channel]:
    named = [one.strip() for one in call.args.text("channels").split(",") if one.strip()]
    if call.args.text("channel_id"):
        named.append(call.args.text("channel_id"))
    if len(named) > 100:
        raise ApiError("invalid_channel")
    return [
        Call(call.workspace, call.token, Args({"channel": name})).channel_to_write()
        for name in dict.fromkeys(named)
    ]


def _keep(call: Call, wanted: JsonObject) -> StoredFile:
    slot = call.workspace.uploads.finish(str(wanted.get("id", "")))
    state = call.workspace.state
    stored = state.add_file(
        slot.name, slot.data or b"", call.bot, title=str(wanted.get("title") or ""), file_id=slot.file_id
    )
    if slot.snippet_type:
        stored.filetype = slot.snippet_type
    return stored


def info(call: Call) -> JsonObject:
    """files.info."""
    stored = call.workspace.state.file_seen_by(call.args.required("file"), call.bot)
    return {
        "file": file_json(call.workspace.state, stored),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def delete(call: Call) -> JsonObject:
    """files.delete: only the bot's own files; messages keep a tombstone."""
    state = call.workspace.state
    stored = state.file_seen_by(call.args.required("file"), call.bot)
    if stored.user != call.bot:
        raise ApiError("cant_delete_file")
    state.delete_file(stored)
    return {}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, Tier.FOUR, "files:write"),
    "files.completeUploadExternal": Method(complete_upload, Tier.FOUR, "files:write"),
    "files.info": Method(info, Tier.FOUR, "files:read"),
    "files.delete": Method(delete, Tier.THREE, "files:write"),
}
