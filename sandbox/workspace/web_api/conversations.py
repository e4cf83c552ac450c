"""conversations.*: list, describe and read channels, open direct ones."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.rates import Tier
from sandbox.workspace.records import Channel, ChannelKind, Message
from sandbox.workspace.rendering import channel_json, message_json
from sandbox.workspace.web_api.calls import READ_SCOPES, Call, Method
from sandbox.workspace.web_api.pages_of_results import between, page

_KINDS: dict[str, ChannelKind] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}


def list_channels(call: Call) -> JsonObject:
    """conversations.list: public ones, and those where the bot is a member."""
    state = call.workspace.state
    return _listed(call, [one for one in state.channels.values() if state.may_look(call.bot, one)])


def list_of_person(call: Call) -> JsonObject:
    """users.conversations: where a person is a member, of the private ones those that the bot is in too."""
    state = call.workspace.state
    user = call.args.text("user") or call.bot
    if user not in state.users:
        raise ApiError("user_not_found")
    shared = [
        one
        for one in state.channels.values()
        if user in one.members and (one.kind == "public" or call.bot in one.members)
    ]
    return _listed(call, shared)


def _listed(call: Call, channels: Sequence[Channel]) -> JsonObject:
    kinds: list[ChannelKind] = []
    for name in call.args.text("types", "public_channel").split(","):
        if name.strip() not in _KINDS:
            raise ApiError("invalid_types")
        kinds.append(_KINDS[name.strip()])
        call.need(READ_SCOPES[kinds[-1]])
    hide_archived = call.args.flag("exclude_archived")
    found = [one for one in channels if one.kind in kinds and not (one.is_archived and hide_archived)]
    shown, metadata = page(call.args, found)
    return {
        "channels": [channel_json(call.workspace.state, one, call.bot) for one in shown],
        "response_metadata": metadata,
    }


def info(call: Call) -> JsonObject:
    """conversations.info."""
    return {"channel": channel_json(call.workspace.state, call.channel_to_know(), call.bot)}


def members(call: Call) -> JsonObject:
    """conversations.members."""
    shown, metadata = page(call.args, sorted(call.channel_to_know().members))
    return {"members": list(shown), "response_metadata": metadata}


def history(call: Call) -> JsonObject:
    """conversations.history: the newest first, without thread replies."""
    channel = call.channel_to_read()
    state = call.workspace.state
    found = [
        one
        for one in state.messages[channel.id].values()
        if one.seen_only_by is None and (one.thread_ts in (None, one.ts) or one.subtype == "thread_broadcast")
    ]
    found = sorted(between(call.args, found), key=_by_time, reverse=True)
    shown, metadata = page(call.args, found)
    return {
        "messages": [message_json(state, one) for one in shown],
        "has_more": bool(metadata["next_cursor"]),
        "pin_count": 0,
        "response_metadata": metadata,
    }


def replies(call: Call) -> JsonObject:
    """conversations.replies: a message and its thread, the oldest first."""
    channel = call.channel_to_read()
    state = call.workspace.state
    ts = call.args.required("ts")
    asked = state.messages[channel.id].get(ts)
    if asked is None or asked.seen_only_by is not None:
        raise ApiError("thread_not_found")
    if asked.thread_ts not in (None, asked.ts):
        found = [asked]
    else:
        found = [asked, *between(call.args, sorted(state.replies(channel.id, ts), key=_by_time))]
    shown, metadata = page(call.args, found, 1000)
    return {
        "messages": [message_json(state, one) for one in shown],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def _by_time(message: Message) -> str:
    return message.ts


def open_direct(call: Call) -> JsonObject:
    """conversations.open: the direct conversation with some people."""
    state = call.workspace.state
    if call.args.text("channel"):
        channel = call.channel()
    else:
        people = {one.strip() for one in call.args.required("users").split(",") if one.strip()}
        if any(one not in state.users for one in people):
            raise ApiError("user_not_found")
        known = len(state.channels)
        channel = state.direct_channel(people | {call.bot})
        if len(state.channels) == known and not call.args.flag("return_im"):
            return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
    if call.args.flag("return_im"):
        return {"channel": channel_json(state, channel, call.bot)}
    return {"channel": {"id": channel.id}}


def join(call: Call) -> JsonObject:
    """conversations.join: the bot enters a public channel."""
    channel = call.channel()
    if channel.kind != "public":
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    call.workspace.state.join(channel, call.bot, call.bot)
    return {"channel": channel_json(call.workspace.state, channel, call.bot)}


METHODS = {
    "users.conversations": Method(list_of_person, Tier.THREE),
    "conversations.list": Method(list_channels, Tier.TWO),
    "conversations.info": Method(info, Tier.THREE),
    "conversations.members": Method(members, Tier.FOUR),
    "conversations.history": Method(history, Tier.THREE),
    "conversations.replies": Method(replies, Tier.THREE),
    "conversations.open": Method(open_direct, Tier.THREE, "im:write"),
    "conversations.join": Method(join, Tier.THREE, "channels:join"),
}
