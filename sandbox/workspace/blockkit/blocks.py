"""The rules of the blocks, by type, and the surfaces where each may stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sandbox.workspace.blockkit import limits
from sandbox.workspace.blockkit.data_blocks import DATA_BLOCKS
from sandbox.workspace.blockkit.elements import (
    ACTION_ELEMENTS,
    BUTTON,
    CONTEXT_ACTION_ELEMENTS,
    IMAGE,
    INPUT_ELEMENTS,
    SECTION_ACCESSORIES,
)
from sandbox.workspace.blockkit.rich_text import RICH_TEXT
from sandbox.workspace.blockkit.shapes import (
    Check,
    Spot,
    anything,
    array,
    boolean,
    by_type,
    every,
    integer,
    one_of,
    string,
    table,
)
from sandbox.workspace.blockkit.texts import any_text, picture, plain_text, slack_file

Surface = Literal["message", "modal", "home"]

_ID: dict[str, Check] = {"block_id": string(1, limits.ID)}


def _block(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    return table({"type": one_of(kind), **required}, {**_ID, **(optional or {})})


def _section_says_something(value: Any, spot: Spot) -> None:
    if isinstance(value, dict) and "text" not in value and "fields" not in value:
        spot.wrong("either text or fields is required")


def _input_fits(value: Any, spot: Spot) -> None:
    element = value.get("element") if isinstance(value, dict) else None
    if isinstance(element, dict) and element.get("type") == "file_input" and value.get("dispatch_action"):
        (spot / "dispatch_action").wrong("file_input does not dispatch actions")


def _action_ids_differ(value: Any, spot: Spot) -> None:
    elements = value.get("elements") if isinstance(value, dict) else None
    seen: set[str] = set()
    for index, element in enumerate(elements if isinstance(elements, list) else []):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if isinstance(action_id, str) and action_id in seen:
            (spot / "elements" / index / "action_id").wrong(f"action_id {action_id} already exists")
        elif isinstance(action_id, str):
            seen.add(action_id)


_TASK = table(
    {
        "type": one_of("task_card"),
        "task_id": string(1, limits.ID),
        "title": string(1, limits.SECTION_TEXT),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {
        **_ID,
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": array(table({"type": one_of("url"), "url": string(1, limits.URL), "text": string(1)})),
    },
)
_CARD = _block(
    "card",
    {},
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "title": any_text(limits.CARD_TITLE),
        "subtitle": any_text(limits.CARD_TITLE),
        "body": any_text(limits.CARD_BODY),
        "actions": array(BUTTON, 1, limits.CARD_ACTIONS),
    },
)

_PLAIN_BLOCKS: dict[str, Check] = {
    "section": every(
        _block(
            "section",
            {},
            {
                "text": any_text(limits.SECTION_TEXT),
                "fields": array(any_text(limits.FIELD_TEXT), 1, limits.SECTION_FIELDS),
                "accessory": by_type(SECTION_ACCESSORIES, "unsupported accessory"),
                "expand": boolean,
            },
        ),
        _section_says_something,
    ),
    "divider": _block("divider", {}),
    "header": _block("header", {"text": plain_text(limits.HEADER_TEXT)}, {"level": integer(1, 4)}),
    "image": every(
        _block(
            "image",
            {"alt_text": string(1, limits.IMAGE_TEXT)},
            {
                "image_url": string(1, limits.URL),
                "slack_file": slack_file,
                "title": plain_text(limits.IMAGE_TEXT),
            },
        ),
        picture,
    ),
    "context": _block(
        "context",
        {
            "elements": array(
                by_type(
                    {
                        "image": IMAGE,
                        "plain_text": plain_text(limits.SECTION_TEXT),
                        "mrkdwn": any_text(limits.SECTION_TEXT),
                    }
                ),
                1,
                limits.CONTEXT_ELEMENTS,
            )
        },
    ),
    "actions": every(
        _block(
            "actions",
            {"elements": array(by_type(ACTION_ELEMENTS, "unsupported element"), 1, limits.ACTION_ELEMENTS)},
        ),
        _action_ids_differ,
    ),
    "context_actions": every(
        _block(
            "context_actions",
            {
                "elements": array(
                    by_type(CONTEXT_ACTION_ELEMENTS, "unsupported element"),
                    1,
                    limits.CONTEXT_ACTION_ELEMENTS,
                )
            },
        ),
        _action_ids_differ,
    ),
    "input": every(
        _block(
            "input",
            {"label": plain_text(limits.LABEL), "element": by_type(INPUT_ELEMENTS, "unsupported element")},
            {"hint": plain_text(limits.LABEL), "optional": boolean, "dispatch_action": boolean},
        ),
        _input_fits,
    ),
    "rich_text": RICH_TEXT,
    "markdown": _block("markdown", {"text": string(1, limits.MARKDOWN_TEXT)}),
    "video": _block(
        "video",
        {
            "alt_text": string(1),
            "title": plain_text(limits.VIDEO_TITLE - 1),
            "thumbnail_url": string(1, limits.URL),
            "video_url": string(1, limits.URL),
        },
        {
            "title_url": string(1, limits.URL),
            "description": plain_text(200),
            "provider_icon_url": string(1, limits.URL),
            "provider_name": string(1),
            "author_name": string(1, limits.VIDEO_AUTHOR - 1),
        },
    ),
    "alert": _block(
        "alert",
        {"text": any_text(limits.ALERT_TEXT)},
        {"level": one_of("default", "info", "warning", "error", "success")},
    ),
    "plan": _block("plan", {"title": string(1, limits.SECTION_TEXT)}, {"tasks": array(_TASK, 1)}),
    "task_card": _TASK,
    "card": _CARD,
    "carousel": _block("carousel", {"elements": array(by_type({"card": _CARD}), 1, limits.CAROUSEL_CARDS)}),
    **DATA_BLOCKS,
}
_CONTAINED = (
    "actions",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
)
_CONTAINER = _block(
    "container",
    {
        "child_blocks": array(
            by_type({kind: _PLAIN_BLOCKS[kind] for kind in _CONTAINED}), 1, limits.CONTAINER_CHILDREN
        )
    },
    {
        "title": plain_text(limits.CONTAINER_TITLE),
        "rich_text_title": anything,
        "subtitle": plain_text(limits.CONTAINER_TITLE),
        "width": string(1),
        "icon": IMAGE,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
)
_ALL: dict[str, Check] = {**_PLAIN_BLOCKS, "container": _CONTAINER}

_REFUSED: Mapping[Surface, frozenset[str]] = {
    "message": frozenset({"alert"}),
    "modal": frozenset(
        {
            "markdown",
            "table",
            "data_table",
            "plan",
            "task_card",
            "card",
            "carousel",
            "context_actions",
            "data_visualization",
        }
    ),
    "home": frozenset(
        {"alert", "markdown", "table", "plan", "task_card", "context_actions", "data_visualization"}
    ),
}


def block_rules(surface: Surface) -> Check:
    """The rule for one block on a surface."""
    allowed = {kind: check for kind, check in _ALL.items() if kind not in _REFUSED[surface]}
    return by_type(allowed)
