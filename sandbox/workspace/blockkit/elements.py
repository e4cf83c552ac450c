"""The rules of the interactive elements: buttons, menus, choices, pickers and inputs."""

from __future__ import annotations

from typing import Any

from sandbox.workspace.blockkit import limits
from sandbox.workspace.blockkit.rich_text import RICH_TEXT_VALUE
from sandbox.workspace.blockkit.shapes import (
    Check,
    Spot,
    array,
    boolean,
    every,
    integer,
    one_of,
    string,
    table,
)
from sandbox.workspace.blockkit.texts import (
    CHOICE_OPTION,
    CONFIRM,
    MENU_OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    picture,
    plain_text,
    slack_file,
)

_ACTION: dict[str, Check] = {"action_id": string(1, limits.ID)}
_CONFIRMED: dict[str, Check] = {**_ACTION, "confirm": CONFIRM}
_FOCUSED: dict[str, Check] = {"focus_on_load": boolean}
_HINTED: dict[str, Check] = {**_FOCUSED, "placeholder": plain_text(limits.PLACEHOLDER)}
_MENU: dict[str, Check] = {**_CONFIRMED, **_HINTED}
_MANY: dict[str, Check] = {**_MENU, "max_selected_items": integer(1)}
_TYPING: dict[str, Check] = {
    "dispatch_action_config": table(
        {}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
    )
}
_IDS = array(string(1))
_FILTER = table(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_OPTIONS: dict[str, Check] = {
    "options": array(MENU_OPTION, 1, limits.SELECT_OPTIONS),
    "option_groups": array(OPTION_GROUP, 1, limits.SELECT_OPTIONS),
}


def _element(kind: str, required: dict[str, Check], optional: dict[str, Check]) -> Check:
    return table({"type": one_of(kind), **required}, optional)


def _offers_a_choice(value: Any, spot: Spot) -> None:
    if not isinstance(value, dict):
        return
    if ("options" in value) == ("option_groups" in value):
        spot.wrong("exactly one of options and option_groups is required")
        return
    _initial_is_offered(value, value.get("options") or _grouped(value.get("option_groups")), spot)


def _grouped(groups: Any) -> list[Any]:
    lists = [group.get("options") for group in groups if isinstance(group, dict)] if groups else []
    return [one for options in lists if isinstance(options, list) for one in options]


def _initial_is_among_options(value: Any, spot: Spot) -> None:
    if isinstance(value, dict):
        _initial_is_offered(value, value.get("options"), spot)


def _initial_is_offered(value: dict[str, Any], options: Any, spot: Spot) -> None:
    offered = options if isinstance(options, list) else []
    if "initial_option" in value and value["initial_option"] not in offered:
        (spot / "initial_option").wrong("must be one of the provided options")
    for index, one in enumerate(value.get("initial_options") or []):
        if one not in offered:
            (spot / "initial_options" / index).wrong("must be one of the provided options")


def _lengths_agree(value: Any, spot: Spot) -> None:
    if not isinstance(value, dict):
        return
    least, most = value.get("min_length", 0), value.get("max_length", limits.INPUT_CHARACTERS)
    initial = value.get("initial_value", "")
    if not isinstance(least, int) or not isinstance(most, int) or not isinstance(initial, str):
        return
    if least > most:
        (spot / "min_length").wrong("must not be greater than max_length")
    if len(initial) > most:
        (spot / "initial_value").wrong(f"must be less than {most + 1} characters")


BUTTON = _element(
    "button",
    {"text": plain_text(limits.BUTTON_TEXT)},
    {
        **_CONFIRMED,
        "value": string(0, limits.BUTTON_VALUE),
        "url": string(1, limits.URL),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(1, limits.BUTTON_TEXT),
    },
)
IMAGE = every(
    _element(
        "image",
        {"alt_text": string(1, limits.IMAGE_TEXT)},
        {"image_url": string(1, limits.URL), "slack_file": slack_file},
    ),
    picture,
)
_FEEDBACK = table(
    {"text": plain_text(limits.BUTTON_TEXT), "value": string(1, limits.BUTTON_VALUE)},
    {"accessibility_label": string(1, limits.BUTTON_TEXT)},
)
_CHOICES: dict[str, Check] = {"options": array(CHOICE_OPTION, 1, limits.CHOICE_OPTIONS)}
_DATE = string(pattern=r"\d{4}-\d{2}-\d{2}")
_TIME = string(pattern=r"([01]\d|2[0-3]):[0-5]\d")

SELECTS: dict[str, Check] = {
    "static_select": every(
        _element("static_select", {}, {**_MENU, **_OPTIONS, "initial_option": MENU_OPTION}),
        _offers_a_choice,
    ),
    "external_select": _element(
        "external_select", {}, {**_MENU, "initial_option": MENU_OPTION, "min_query_length": integer(0)}
    ),
    "users_select": _element("users_select", {}, {**_MENU, "initial_user": string(1)}),
    "conversations_select": _element(
        "conversations_select",
        {},
        {
            **_MENU,
            "initial_conversation": string(1),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": _FILTER,
        },
    ),
    "channels_select": _element(
        "channels_select", {}, {**_MENU, "initial_channel": string(1), "response_url_enabled": boolean}
    ),
}
MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": every(
        _element("multi_static_select", {}, {**_MANY, **_OPTIONS, "initial_options": array(MENU_OPTION, 1)}),
        _offers_a_choice,
    ),
    "multi_external_select": _element(
        "multi_external_select",
        {},
        {**_MANY, "initial_options": array(MENU_OPTION, 1), "min_query_length": integer(0)},
    ),
    "multi_users_select": _element("multi_users_select", {}, {**_MANY, "initial_users": _IDS}),
    "multi_conversations_select": _element(
        "multi_conversations_select",
        {},
        {
            **_MANY,
            "initial_conversations": _IDS,
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        },
    ),
    "multi_channels_select": _element("multi_channels_select", {}, {**_MANY, "initial_channels": _IDS}),
}
CHOICES: dict[str, Check] = {
    "checkboxes": every(
        _element(
            "checkboxes",
            _CHOICES,
            {**_CONFIRMED, **_FOCUSED, "initial_options": array(CHOICE_OPTION, 1)},
        ),
        _initial_is_among_options,
    ),
    "radio_buttons": every(
        _element("radio_buttons", _CHOICES, {**_CONFIRMED, **_FOCUSED, "initial_option": CHOICE_OPTION}),
        _initial_is_among_options,
    ),
}
PICKERS: dict[str, Check] = {
    "datepicker": _element("datepicker", {}, {**_MENU, "initial_date": _DATE}),
    "timepicker": _element("timepicker", {}, {**_MENU, "initial_time": _TIME, "timezone": string(1)}),
    "datetimepicker": _element(
        "datetimepicker", {}, {**_CONFIRMED, **_FOCUSED, "initial_date_time": integer(0, 9_999_999_999)}
    ),
}
OVERFLOW: dict[str, Check] = {
    "overflow": _element(
        "overflow", {"options": array(OVERFLOW_OPTION, 1, limits.OVERFLOW_OPTIONS)}, _CONFIRMED
    )
}
INPUTS: dict[str, Check] = {
    "plain_text_input": every(
        _element(
            "plain_text_input",
            {},
            {
                **_ACTION,
                **_HINTED,
                **_TYPING,
                "initial_value": string(),
                "multiline": boolean,
                "min_length": integer(0, limits.INPUT_CHARACTERS),
                "max_length": integer(1, limits.INPUT_CHARACTERS),
            },
        ),
        _lengths_agree,
    ),
    "number_input": _element(
        "number_input",
        {"is_decimal_allowed": boolean},
        {
            **_ACTION,
            **_HINTED,
            **_TYPING,
            "initial_value": string(),
            "min_value": string(),
            "max_value": string(),
        },
    ),
    "email_text_input": _element(
        "email_text_input", {}, {**_ACTION, **_HINTED, **_TYPING, "initial_value": string()}
    ),
    "url_text_input": _element(
        "url_text_input", {}, {**_ACTION, **_HINTED, **_TYPING, "initial_value": string()}
    ),
    "rich_text_input": _element(
        "rich_text_input", {}, {**_ACTION, **_HINTED, **_TYPING, "initial_value": RICH_TEXT_VALUE}
    ),
}
FILE_INPUT: dict[str, Check] = {
    "file_input": _element(
        "file_input",
        {},
        {
            **_ACTION,
            "filetypes": array(string(1)),
            "max_files": integer(1, limits.FILE_INPUT_FILES),
        },
    )
}
ACTION_ELEMENTS: dict[str, Check] = {"button": BUTTON, **SELECTS, **CHOICES, **PICKERS, **OVERFLOW}
SECTION_ACCESSORIES: dict[str, Check] = {**ACTION_ELEMENTS, **MULTI_SELECTS, "image": IMAGE}
INPUT_ELEMENTS: dict[str, Check] = {**SELECTS, **MULTI_SELECTS, **CHOICES, **PICKERS, **INPUTS, **FILE_INPUT}
CONTEXT_ACTION_ELEMENTS: dict[str, Check] = {
    "feedback_buttons": _element(
        "feedback_buttons", {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ACTION
    ),
    "icon_button": _element(
        "icon_button",
        {"icon": one_of("trash"), "text": plain_text(limits.BUTTON_TEXT)},
        {
            **_CONFIRMED,
            "value": string(0, limits.BUTTON_VALUE),
            "accessibility_label": string(1, limits.BUTTON_TEXT),
            "visible_to_user_ids": _IDS,
        },
    ),
}
