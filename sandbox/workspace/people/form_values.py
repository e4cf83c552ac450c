"""What the fields of a view hold: filled in by the person or set by the app, and checked as Slack does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonList, JsonObject
from sandbox.workspace.page_shapes import fill_current_conversation
from sandbox.workspace.rendering import file_json
from sandbox.workspace.state import WorkspaceState

LARGEST_INPUT_FILE_BYTES = 10 * 1024 * 1024

# element type -> (field in view.state, the app's own initial field, value of an empty field)
_FIELDS: dict[str, tuple[str, str, Any]] = {
    "plain_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "file_input": ("files", "", []),
}


def stateful(kind: str) -> bool:
    """Whether an element's value is part of a view's state."""
    return kind in _FIELDS


def values_of_blocks(
    state: WorkspaceState, blocks: JsonList, given: JsonObject, channel: str | None = None
) -> JsonObject:
    """The state of all fields: as given by the person, else as the app set it.

    `given` maps block id → action id → entry as in Slack's state, or block id → plain value.
    Raises ApiError invalid_option for a choice that is not offered.
    """
    values: JsonObject = {}
    for block, element in fields_of(blocks):
        element = dict(element)
        if element.get("default_to_current_conversation"):
            fill_current_conversation(element, channel)
        entry = _given_entry(given, block["block_id"], element)
        values.setdefault(block["block_id"], {})[element["action_id"]] = _value(state, element, entry)
    return values


def fields_of(blocks: JsonList) -> Iterator[tuple[JsonObject, JsonObject]]:
    """Every block with a field, and the field."""
    for block in blocks:
        for element in [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]:
            if isinstance(element, dict) and stateful(element.get("type", "")):
                yield block, element


def _given_entry(given: JsonObject, block_id: str, element: JsonObject) -> Any:
    if block_id not in given:
        return given.get(element["action_id"])
    by_action = given[block_id]
    if isinstance(by_action, dict) and element["action_id"] in by_action:
        return by_action[element["action_id"]]
    return None if isinstance(by_action, dict) else by_action


def _value(state: WorkspaceState, element: JsonObject, entry: Any) -> JsonObject:
    field, initial, empty = _FIELDS[element["type"]]
    if entry is None:
        value = element.get(initial, empty)
    elif isinstance(entry, dict) and "type" in entry:
        value = entry.get(field, empty)
    else:
        value = entry
    value = empty if value in (None, "", []) else value
    if field in ("selected_option", "selected_options") and value:
        value = _offered(element, value)
    if field == "files":
        value = [_file(state, one) for one in value]
    return {"type": element["type"], field: value}


def _offered(element: JsonObject, value: Any) -> Any:
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    if isinstance(value, list):
        return [_one_offered(options, one) for one in value]
    return _one_offered(options, value)


def _one_offered(options: JsonList, value: Any) -> JsonObject:
    wanted = value.get("value") if isinstance(value, dict) else value
    for one in options:
        if one["value"] == wanted:
            found: JsonObject = one
            return found
    if options or not isinstance(value, dict):
        raise ApiError("invalid_option")
    return value


def _file(state: WorkspaceState, value: Any) -> JsonObject:
    file_id = value.get("id", "") if isinstance(value, dict) else value
    stored = state.files.get(file_id)
    if stored is None:
        raise ApiError("file_not_found")
    return file_json(state, stored)


def complaints(blocks: JsonList, values: JsonObject) -> dict[str, str]:
    """What Slack's own client would not let a person submit: block id → what to change."""
    found: dict[str, str] = {}
    for block, element in fields_of(blocks):
        if block["type"] != "input":
            continue
        field, _initial, _empty = _FIELDS[element["type"]]
        value = values[block["block_id"]][element["action_id"]][field]
        trouble = _trouble(element, value) if value else _missing(block)
        if trouble:
            found[block["block_id"]] = trouble
    return found


def _missing(block: JsonObject) -> str:
    return "" if block.get("optional") else "This field cannot be empty."


def _trouble(element: JsonObject, value: Any) -> str:
    match element["type"]:
        case "plain_text_input":
            return _length_trouble(element, value)
        case "number_input":
            return _number_trouble(element, value)
        case "file_input":
            return _files_trouble(element, value)
        case "multi_static_select" | "multi_users_select" | "multi_conversations_select":
            most = element.get("max_selected_items")
            return f"Choose at most {most}." if most and len(value) > most else ""
    return ""


def _length_trouble(element: JsonObject, value: str) -> str:
    if len(value) < element.get("min_length", 0):
        return f"Write at least {element['min_length']} characters."
    most = element.get("max_length", 3000)
    return f"Shorten this to {most} characters; it has {len(value)}." if len(value) > most else ""


def _number_trouble(element: JsonObject, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "Write a number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Write a whole number."
    if number < float(element.get("min_value", "-inf")):
        return f"Must be at least {element['min_value']}."
    return (
        f"Must be at most {element['max_value']}." if number > float(element.get("max_value", "inf")) else ""
    )


def _files_trouble(element: JsonObject, files: JsonList) -> str:
    if len(files) > element.get("max_files", 10):
        return f"Choose at most {element.get('max_files', 10)} files."
    allowed = {one.lower() for one in element.get("filetypes") or ()}
    for one in files:
        extension = one["name"].rpartition(".")[2].lower()
        if allowed and extension not in allowed and one["filetype"] not in allowed:
            return f"{one['name']}: this kind of file is not accepted here."
        if one["size"] > LARGEST_INPUT_FILE_BYTES:
            return f"{one['name']} is larger than 10 MB."
    return ""
