"""The check of modals and Home tabs."""

from __future__ import annotations

from typing import Any

from sandbox.workspace.blockkit import limits
from sandbox.workspace.blockkit.blocks import block_rules
from sandbox.workspace.blockkit.messages import block_ids_differ
from sandbox.workspace.blockkit.shapes import Check, Spot, array, boolean, one_of, string, table
from sandbox.workspace.blockkit.texts import plain_text
from sandbox.workspace.errors import ApiError

_COMMON: dict[str, Check] = {
    "private_metadata": string(0, limits.PRIVATE_METADATA),
    "callback_id": string(0, limits.ID),
    "external_id": string(0, limits.ID),
}
_VIEWS: dict[str, Check] = {
    "modal": table(
        {
            "type": one_of("modal"),
            "title": plain_text(limits.VIEW_TITLE),
            "blocks": array(block_rules("modal"), 0, limits.VIEW_BLOCKS),
        },
        {
            **_COMMON,
            "submit": plain_text(limits.VIEW_TITLE),
            "close": plain_text(limits.VIEW_TITLE),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": table(
        {"type": one_of("home"), "blocks": array(block_rules("home"), 0, limits.VIEW_BLOCKS)}, _COMMON
    ),
}


def view_problems(view: Any, kind: str) -> list[str]:
    """What is wrong with a view of the wanted kind (`modal` or `home`), with JSON pointers."""
    spot = Spot("/view", [])
    if not isinstance(view, dict):
        spot.wrong("must be an object")
        return spot.found
    if view.get("type") != kind:
        (spot / "type").wrong(f"must be {kind}")
        return spot.found
    _VIEWS[kind](view, spot)
    if not spot.found:
        _check_together(view, kind, spot)
    return spot.found


def check_view(view: Any, kind: str) -> None:
    """Raise ApiError invalid_arguments (with JSON pointers) if a view breaks a rule."""
    problems = view_problems(view, kind)
    if problems:
        raise ApiError("invalid_arguments", messages=[f"[ERROR] {one}" for one in problems])


def _check_together(view: dict[str, Any], kind: str, spot: Spot) -> None:
    blocks = view["blocks"]
    inputs = [block for block in blocks if block["type"] == "input"]
    if kind == "modal" and inputs and "submit" not in view:
        spot.wrong("missing required field: submit")
    if kind == "home":
        for index, block in enumerate(blocks):
            if block["type"] == "input" and block["element"]["type"] == "file_input":
                (spot / "blocks" / index / "element" / "type").wrong("unsupported element: file_input")
    if sum(1 for block in inputs if block["element"].get("focus_on_load")) > 1:
        spot.wrong("only one element may have focus_on_load")
    block_ids_differ(blocks, spot / "blocks")
