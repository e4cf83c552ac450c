"""auth.*, apps.*, users.*, bots.*, team.* and reactions.*: who is who, and small gestures."""

from __future__ import annotations

from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.rates import Tier
from sandbox.workspace.rendering import bot_profile_json, message_json, user_json
from sandbox.workspace.web_api.calls import Call, Method
from sandbox.workspace.web_api.pages_of_results import page


def auth_test(call: Call) -> JsonObject:
    """auth.test."""
    seed = call.workspace.seed
    return {
        "url": call.workspace.state.base_url,
        "team": seed.team_name,
        "user": seed.bot_name,
        "team_id": seed.team_id,
        "user_id": seed.bot_user_id,
        "bot_id": seed.bot_id,
        "app_id": seed.app_id,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> JsonObject:
    """api.test: gives the arguments back."""
    if call.args.text("error"):
        raise ApiError(call.args.text("error"))
    return {"args": {name: value for name, value in call.args.values.items() if name != "token"}}


def open_connection(call: Call) -> JsonObject:
    """apps.connections.open: the address for one Socket Mode connection."""
    if call.workspace.signed_http is not None:
        raise ApiError("socket_mode_not_enabled")
    base = call.workspace.state.base_url.replace("http", "ws", 1)
    return {"url": f"{base}link/?ticket={call.workspace.socket_mode.new_ticket()}"}


def users_info(call: Call) -> JsonObject:
    """users.info."""
    user = call.workspace.state.users.get(call.args.required("user"))
    if user is None:
        raise ApiError("user_not_found")
    return {"user": user_json(call.workspace.state, user)}


def users_list(call: Call) -> JsonObject:
    """users.list."""
    state = call.workspace.state
    shown, metadata = page(call.args, list(state.users.values()))
    return {"members": [user_json(state, one) for one in shown], "response_metadata": metadata}


def bots_info(call: Call) -> JsonObject:
    """bots.info."""
    if call.args.required("bot") != call.workspace.seed.bot_id:
        raise ApiError("bot_not_found")
    return {"bot": bot_profile_json(call.workspace.state)}


def team_info(call: Call) -> JsonObject:
    """team.info."""
    seed = call.workspace.seed
    return {"team": {"id": seed.team_id, "name": seed.team_name, "domain": seed.team_domain}}


def reactions_add(call: Call) -> JsonObject:
    """reactions.add."""
    channel = call.channel()
    message = call.workspace.state.message(channel.id, call.args.required("timestamp"))
    call.workspace.state.react(message, call.bot, _emoji(call))
    return {}


def reactions_remove(call: Call) -> JsonObject:
    """reactions.remove."""
    channel = call.channel()
    message = call.workspace.state.message(channel.id, call.args.required("timestamp"))
    call.workspace.state.react(message, call.bot, _emoji(call), add=False)
    return {}


def _emoji(call: Call) -> str:
    name = call.args.required("name").strip(":")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise ApiError("invalid_name")
    return name


def reactions_get(call: Call) -> JsonObject:
    """reactions.get for a message."""
    channel = call.channel()
    message = call.workspace.state.message(channel.id, call.args.required("timestamp"))
    return {
        "type": "message",
        "channel": channel.id,
        "message": message_json(call.workspace.state, message),
    }


def set_assistant_status(call: Call) -> JsonObject:
    """assistant.threads.setStatus: accepted, not shown."""
    call.channel("channel_id")
    call.args.required("thread_ts")
    return {}


METHODS = {
    "api.test": Method(api_test, Tier.FOUR, caller="none"),
    "auth.test": Method(auth_test, Tier.SPECIAL),
    "apps.connections.open": Method(open_connection, Tier.ONE, "connections:write", caller="app"),
    "users.info": Method(users_info, Tier.FOUR, "users:read"),
    "users.list": Method(users_list, Tier.TWO, "users:read"),
    "bots.info": Method(bots_info, Tier.THREE, "users:read"),
    "team.info": Method(team_info, Tier.THREE, "team:read"),
    "reactions.add": Method(reactions_add, Tier.THREE, "reactions:write"),
    "reactions.remove": Method(reactions_remove, Tier.TWO, "reactions:write"),
    "reactions.get": Method(reactions_get, Tier.THREE, "reactions:read"),
    "assistant.threads.setStatus": Method(set_assistant_status, Tier.SPECIAL, "chat:write"),
}
