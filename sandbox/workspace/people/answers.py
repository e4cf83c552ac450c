"""Posting what an app answers to a person's act: at once in the acknowledgement or by response_url."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.workspace.blockkit.messages import check_message
from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.markup import tidy_app_text
from sandbox.workspace.records import Message
from sandbox.workspace.responses import ResponseUrl

if TYPE_CHECKING:
    from sandbox.workspace.workspace import Workspace


def post_answer(workspace: Workspace, place: ResponseUrl, answer: JsonObject) -> Message | None:
    """Post, replace or delete a message as the app's answer says; None if nothing is left to see.

    Raises ApiError no_text, invalid_blocks, msg_blocks_too_long or message_not_found.
    """
    state = workspace.state
    if answer.get("delete_original") and place.message_ts:
        state.remove(state.message(place.channel, place.message_ts))
        return None
    text = tidy_app_text(str(answer.get("text") or ""))
    blocks = check_message(answer.get("blocks") or [])
    if not text and not blocks and not answer.get("attachments"):
        raise ApiError("no_text")
    if answer.get("replace_original") and place.message_ts:
        message = state.message(place.channel, place.message_ts)
        state.edit(message, state.bot.id, {"text": text, "blocks": blocks})
        return message
    in_channel = answer.get("response_type") == "in_channel"
    return state.post(
        Message(
            place.channel,
            state.new_ts(),
            state.bot.id,
            text,
            blocks,
            thread_ts=answer.get("thread_ts") or place.thread_ts,
            bot_id=workspace.seed.bot_id,
            subtype="bot_message" if in_channel else None,
            seen_only_by=None if in_channel else place.user,
        )
    )


def response_url(workspace: Workspace, channel: str, user: str, message: Message | None = None) -> str:
    """A new response_url for an act in a channel, or on a message in it."""
    key = workspace.responses.issue(
        channel, user, message.ts if message else None, message.thread_ts if message else None
    )
    return f"{workspace.state.base_url}response/{key}"
