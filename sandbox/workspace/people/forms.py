"""A person submits or closes a modal, and the workspace does what the app answers."""

from __future__ import annotations

from sandbox.workspace.delivery import DeliveryFailed
from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.modals import view_json
from sandbox.workspace.people.answers import response_url
from sandbox.workspace.people.clicks import own_view
from sandbox.workspace.people.form_values import complaints, fields_of, values_of_blocks
from sandbox.workspace.people.identities import interaction
from sandbox.workspace.records import View
from sandbox.workspace.workspace import Workspace


async def submit(workspace: Workspace, user: str, view_id: str, given: JsonObject) -> JsonObject:
    """Submit a modal: `{"response_action": …, "errors": …}` as the app answered, or empty if it closed.

    Raises ApiError when the view is not open or the app's answer is not valid, and DeliveryFailed when
    the app did not take it (the modal stays open).
    """
    view = own_view(workspace, user, view_id)
    blocks = view.content["blocks"]
    values = values_of_blocks(workspace.state, blocks, given, view.channel)
    errors = complaints(blocks, values)
    if errors:
        return {"response_action": "errors", "errors": errors}
    _hand_over_files(workspace, values)
    payload = interaction(workspace.state, "view_submission", user) | {
        "trigger_id": workspace.triggers.issue(user, channel=view.channel, view_id=view.id),
        "view": view_json(workspace.state, view, values),
        "response_urls": _response_urls(workspace, view, values),
    }
    answer = await workspace.gateway.ask("interactive", payload)
    return _obey(workspace, view, answer)


def _hand_over_files(workspace: Workspace, values: JsonObject) -> None:
    for fields in values.values():
        for entry in fields.values():
            for one in entry.get("files") or ():
                workspace.state.files[one["id"]].given_to_app = True


def _response_urls(workspace: Workspace, view: View, values: JsonObject) -> list[JsonObject]:
    urls = []
    for block, element in fields_of(view.content["blocks"]):
        if not element.get("response_url_enabled"):
            continue
        entry = values[block["block_id"]][element["action_id"]]
        channel = entry.get("selected_conversation") or entry.get("selected_channel")
        if channel:
            urls.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel,
                    "response_url": response_url(workspace, channel, view.user),
                }
            )
    return urls


def _obey(workspace: Workspace, view: View, answer: JsonObject) -> JsonObject:
    match answer.get("response_action"):
        case None:
            workspace.modals.close(view)
            return {}
        case "clear":
            workspace.modals.clear(view.user)
            return {"response_action": "clear"}
        case "errors":
            errors = answer.get("errors")
            known = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
            if not isinstance(errors, dict) or not errors or not set(errors) <= known:
                raise ApiError("invalid_response_errors")
            return {"response_action": "errors", "errors": errors}
        case "update":
            workspace.modals.update(view, answer.get("view") or {})
            return {"response_action": "update"}
        case "push":
            workspace.modals.push_on(view, answer.get("view") or {})
            return {"response_action": "push"}
    raise ApiError("invalid_response_action")


async def close(workspace: Workspace, user: str, view_id: str) -> None:
    """Close a modal by its close button; the app hears of it if it asked to. Closing twice is no error."""
    open_views = workspace.modals.of(user)
    view = next((one for one in open_views if one.id == view_id), None)
    if view is None:
        return
    whole_stack = bool(view.content.get("clear_on_close"))
    closed = open_views if whole_stack else open_views[open_views.index(view) :]
    notify = [one for one in closed if one.content.get("notify_on_close")]
    if whole_stack:
        workspace.modals.clear(user)
    else:
        workspace.modals.close(view)
    for one in notify:
        payload = interaction(workspace.state, "view_closed", user) | {
            "view": view_json(workspace.state, one),
            "is_cleared": whole_stack,
        }
        try:
            await workspace.gateway.ask("interactive", payload)
        except DeliveryFailed:
            continue  # the person has left; there is nobody to tell
