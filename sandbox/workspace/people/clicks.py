"""A person presses a button or chooses from a menu, in a message or in a view, or runs a shortcut."""

from __future__ import annotations

from typing import Any

from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonList, JsonObject
from sandbox.workspace.modals import view_json
from sandbox.workspace.people.answers import response_url
from sandbox.workspace.people.form_values import stateful, values_of_blocks
from sandbox.workspace.people.identities import channel_name, interaction
from sandbox.workspace.people.talk import visible_message
from sandbox.workspace.records import Message, View
from sandbox.workspace.rendering import message_json
from sandbox.workspace.workspace import Workspace

_CHOSEN_BY_THE_PERSON = (
    "value",
    "selected_option",
    "selected_options",
    "selected_user",
    "selected_users",
    "selected_conversation",
    "selected_conversations",
    "selected_channel",
    "selected_channels",
    "selected_date",
    "selected_time",
    "selected_date_time",
    "rich_text_value",
)


async def click_in_message(
    workspace: Workspace, user: str, channel: str, ts: str, block_id: str, action_id: str, chosen: JsonObject
) -> None:
    """Act on an element of a message. Raises ApiError, or DeliveryFailed if the app did not take it."""
    message = visible_message(workspace, user, channel, ts)
    place = workspace.state.channel(channel)
    action = _action(workspace, message.blocks, block_id, action_id, chosen)
    payload = interaction(workspace.state, "block_actions", user) | {
        "container": _message_container(message),
        "trigger_id": workspace.triggers.issue(user, channel=place.id),
        "channel": {"id": place.id, "name": channel_name(place)},
        "message": message_json(workspace.state, message),
        "state": {"values": values_of_blocks(workspace.state, message.blocks, {})},
        "response_url": response_url(workspace, place.id, user, message),
        "actions": [action],
    }
    if message.seen_only_by is not None:
        payload["message"] = {"type": "message", "ts": message.ts, "app_id": workspace.seed.app_id}
    await workspace.gateway.ask("interactive", payload)


def _message_container(message: Message) -> JsonObject:
    container: JsonObject = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.seen_only_by is not None,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    return container


async def click_in_view(
    workspace: Workspace,
    user: str,
    view_id: str,
    block_id: str,
    action_id: str,
    chosen: JsonObject,
    values: JsonObject | None = None,
) -> None:
    """Act on an element of an open modal or of the Home tab; `values` is what is typed so far."""
    view = own_view(workspace, user, view_id)
    blocks = view.content["blocks"]
    action = _action(workspace, blocks, block_id, action_id, chosen)
    typed = dict(values or {})
    if stateful(action["type"]):
        typed[block_id] = {**typed.get(block_id, {}), action_id: action}
    state_values = values_of_blocks(workspace.state, blocks, typed, view.channel)
    payload = interaction(workspace.state, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.triggers.issue(user, channel=view.channel, view_id=view.id),
        "view": view_json(workspace.state, view, state_values),
        "actions": [action],
    }
    await workspace.gateway.ask("interactive", payload)


def own_view(workspace: Workspace, user: str, view_id: str) -> View:
    """A view on this person's screen. Raises ApiError not_found."""
    view = workspace.modals.find(view_id)
    if view.user != user:
        raise ApiError("not_found")
    return view


async def run_shortcut(
    workspace: Workspace, user: str, callback_id: str, channel: str = "", ts: str = ""
) -> None:
    """Run a global shortcut, or a message shortcut on the message given by channel and stamp."""
    known = next((one for one in workspace.seed.shortcuts if one.callback_id == callback_id), None)
    if known is None:
        raise ApiError("unknown_shortcut")
    if known.type == "global":
        payload = interaction(workspace.state, "shortcut", user) | {
            "callback_id": callback_id,
            "action_ts": workspace.state.new_ts(),
            "trigger_id": workspace.triggers.issue(user),
        }
    else:
        message = visible_message(workspace, user, channel, ts)
        place = workspace.state.channel(channel)
        payload = interaction(workspace.state, "message_action", user) | {
            "callback_id": callback_id,
            "action_ts": workspace.state.new_ts(),
            "trigger_id": workspace.triggers.issue(user, channel=place.id),
            "response_url": response_url(workspace, place.id, user, message),
            "message_ts": message.ts,
            "message": message_json(workspace.state, message),
            "channel": {"id": place.id, "name": channel_name(place)},
        }
    await workspace.gateway.ask("interactive", payload)


def _action(
    workspace: Workspace, blocks: JsonList, block_id: str, action_id: str, chosen: JsonObject
) -> JsonObject:
    element = find_element(blocks, block_id, action_id)
    action: JsonObject = {
        "type": element["type"],
        "action_id": action_id,
        "block_id": block_id,
        "action_ts": workspace.state.new_ts(),
    }
    if element["type"] in ("button", "icon_button"):
        action |= {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    else:
        action |= {name: chosen[name] for name in _CHOSEN_BY_THE_PERSON if chosen.get(name) is not None}
        _insist_on_offered(element, action)
    if element["type"] == "feedback_buttons":
        sides = (element["positive_button"], element["negative_button"])
        action["text"] = next((one["text"] for one in sides if one["value"] == action.get("value")), None)
        if action["text"] is None:
            raise ApiError("invalid_option")
    return action


def _insist_on_offered(element: JsonObject, action: JsonObject) -> None:
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    if not options:
        return
    if isinstance(action.get("selected_option"), str):
        wanted = action["selected_option"]
        action["selected_option"] = next((one for one in options if one["value"] == wanted), wanted)
    chosen = (
        [action["selected_option"]] if "selected_option" in action else action.get("selected_options", [])
    )
    if any(one not in options for one in chosen):
        raise ApiError("invalid_option")


def find_element(blocks: JsonList, block_id: str, action_id: str) -> JsonObject:
    """The interactive element with this action_id in the block with this id. Raises ApiError not_found."""
    for block in blocks:
        if block.get("block_id") == block_id or not block_id:
            found = _find_inside(block, action_id)
            if found is not None:
                return found
        for child in block.get("child_blocks") or []:
            if child.get("block_id") == block_id:
                found = _find_inside(child, action_id)
                if found is not None:
                    return found
    raise ApiError("not_found")


def block_with(blocks: JsonList, action_id: str) -> str:
    """The id of the first block that has an element with this action_id. Raises ApiError not_found."""
    for block in blocks:
        if any(_find_inside(child, action_id) for child in block.get("child_blocks") or ()):
            return block_with(block["child_blocks"], action_id)
        if _find_inside(block, action_id) is not None:
            return str(block["block_id"])
    raise ApiError("not_found")


def _find_inside(value: Any, action_id: str) -> JsonObject | None:
    if isinstance(value, dict):
        if value.get("action_id") == action_id:
            return value
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        found = _find_inside(one, action_id)
        if found is not None:
            return found
    return None
