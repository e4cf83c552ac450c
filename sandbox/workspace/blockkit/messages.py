"""The check of a message's blocks as a whole."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.workspace.blockkit import limits
from sandbox.workspace.blockkit.blocks import block_rules
from sandbox.workspace.blockkit.shapes import Spot, array
from sandbox.workspace.errors import ApiError
from sandbox.workspace.ids import new_id
from sandbox.workspace.json_types import JsonList

_TEXT_KEYS = frozenset({"text", "alt_text", "title", "caption", "details"})
_BLOCKS_CHECK = array(block_rules("message"), 0, limits.MESSAGE_BLOCKS)


def message_problems(blocks: Any) -> list[str]:
    """What is wrong with the blocks of a message, each with its JSON pointer; empty if nothing is."""
    spot = Spot("/blocks", [])
    _BLOCKS_CHECK(blocks, spot)
    if not spot.found:
        _check_together(blocks, spot)
    return spot.found


def check_message(blocks: Any) -> JsonList:
    """The blocks as Slack keeps them, with ids filled in.

    Raises ApiError invalid_blocks (with JSON pointers) or msg_blocks_too_long.
    """
    problems = message_problems(blocks)
    if problems:
        raise invalid_blocks(problems)
    if text_length(blocks) > limits.MESSAGE_BLOCK_TEXT:
        raise ApiError("msg_blocks_too_long")
    return with_ids(blocks)


def invalid_blocks(problems: Sequence[str]) -> ApiError:
    """The refusal of blocks, with all that is wrong."""
    return ApiError("invalid_blocks", messages=[f"[ERROR] {one}" for one in problems], errors=list(problems))


def _check_together(blocks: JsonList, spot: Spot) -> None:
    kinds = [block["type"] for block in blocks]
    if kinds.count("table") + kinds.count("data_table") > 1:
        spot.wrong("only one table is allowed in a message")
    if kinds.count("plan") > 1:
        spot.wrong("only one plan is allowed in a message")
    if "plan" in kinds and "task_card" in kinds:
        spot.wrong("plan and task_card exclude each other")
    if kinds.count("data_visualization") > limits.CHARTS_PER_MESSAGE:
        spot.wrong(f"no more than {limits.CHARTS_PER_MESSAGE} charts allowed in a message")
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > limits.MARKDOWN_TEXT:
        spot.wrong(f"markdown text must be less than {limits.MARKDOWN_TEXT + 1} characters in a message")
    for index, block in enumerate(blocks):
        element = block.get("element") or {}
        if element.get("type") == "file_input":
            (spot / index / "element" / "type").wrong("unsupported element: file_input")
    block_ids_differ(blocks, spot)


def block_ids_differ(blocks: JsonList, spot: Spot) -> None:
    """Note each block_id that an earlier block has already."""
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None and block_id in seen:
            (spot / index / "block_id").wrong(f"block_id {block_id} already exists")
        elif block_id is not None:
            seen.add(block_id)


def text_length(value: Any) -> int:
    """How many characters of text the blocks hold together."""
    if isinstance(value, list):
        return sum(text_length(one) for one in value)
    if not isinstance(value, dict):
        return 0
    return sum(
        len(part) if isinstance(part, str) and name in _TEXT_KEYS else text_length(part)
        for name, part in value.items()
    )


def named_files(value: Any, pointer: str = "/blocks") -> Iterator[tuple[str, str]]:
    """The uploaded files that valid blocks show, as (JSON pointer, file id)."""
    if isinstance(value, dict):
        file_id = (value.get("slack_file") or {}).get("id")
        if file_id:
            yield f"{pointer}/slack_file/id", file_id
        for name, part in value.items():
            yield from named_files(part, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from named_files(part, f"{pointer}/{index}")


def with_ids(blocks: JsonList) -> JsonList:
    """A copy of the blocks in which each has a block_id and each interactive element an action_id."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", new_id("b", 5))
        inside = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for element in inside:
            if isinstance(element, dict) and _is_interactive(element):
                element.setdefault("action_id", new_id("a", 5))
    return filled


def _is_interactive(element: Any) -> bool:
    kind = str(element.get("type", ""))
    return kind not in ("image", "mrkdwn", "plain_text", "card") and not kind.startswith("rich_text_")
