"""views.*: open, push and update modals, publish the Home tab; blocks.validate."""

from __future__ import annotations

from sandbox.workspace.blockkit.messages import message_problems
from sandbox.workspace.blockkit.views import view_problems
from sandbox.workspace.errors import ApiError, missing_field
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.modals import view_json
from sandbox.workspace.rates import Tier
from sandbox.workspace.records import View
from sandbox.workspace.triggers import Trigger
from sandbox.workspace.web_api.calls import Call, Method


def _content(call: Call) -> JsonObject:
    content = call.args.parsed("view")
    if content is None:
        raise missing_field("view")
    if not isinstance(content, dict):
        raise ApiError("invalid_arguments", messages=["[ERROR] must be an object [json-pointer:/view]"])
    return {name: value for name, value in content.items() if value is not None}


def _trigger(call: Call) -> Trigger:
    trigger_id = call.args.text("trigger_id") or call.args.text("interactivity_pointer")
    if not trigger_id:
        raise missing_field("trigger_id")
    return call.workspace.triggers.redeem(trigger_id)


def _shown(call: Call, view: View) -> JsonObject:
    return {"view": view_json(call.workspace.state, view)}


def open_view(call: Call) -> JsonObject:
    """views.open."""
    content = _content(call)
    return _shown(call, call.workspace.modals.open(_trigger(call), content))


def push_view(call: Call) -> JsonObject:
    """views.push."""
    content = _content(call)
    return _shown(call, call.workspace.modals.push(_trigger(call), content))


def update_view(call: Call) -> JsonObject:
    """views.update, by view_id or external_id."""
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external_id:
        raise missing_field("view_id")
    content = _content(call)
    modals = call.workspace.modals
    view = modals.find(view_id, external_id)
    return _shown(call, modals.update(view, content, expected_hash=call.args.text("hash")))


def publish_view(call: Call) -> JsonObject:
    """views.publish: the Home tab of one person."""
    user = call.args.required("user_id")
    if user not in call.workspace.state.users:
        raise ApiError("user_not_found")
    view = call.workspace.modals.publish(user, _content(call), expected_hash=call.args.text("hash"))
    return _shown(call, view)


def validate_blocks(call: Call) -> JsonObject:
    """blocks.validate: what is wrong with `blocks`, or with `view`."""
    if call.args.values.get("view"):
        content = _content(call)
        problems = view_problems(content, str(content.get("type", "modal")))
    else:
        problems = message_problems(call.args.parsed("blocks", "invalid_blocks_format"))
    if problems:
        raise ApiError("invalid_blocks", errors=problems)
    return {}


METHODS = {
    "views.open": Method(open_view, Tier.FOUR),
    "views.push": Method(push_view, Tier.FOUR),
    "views.update": Method(update_view, Tier.FOUR),
    "views.publish": Method(publish_view, Tier.FOUR),
    "blocks.validate": Method(validate_blocks, Tier.SPECIAL, caller="none"),
}
