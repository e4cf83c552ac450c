"""Ids and payloads that several tests of the workspace need."""

from __future__ import annotations

from typing import Any

PROMPTS = "C00PROMPTS1"
GENERAL = "C00GENERAL1"
SECRET_LAB = "C0SECRETLAB"
ALICE = "U000ALICE01"
BOB = "U0000BOB001"
CAROL = "U000CAROL01"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text)}


def button(action_id: str, text: str = "Press", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements: dict[str, Any], block_id: str = "buttons") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    element = {"action_id": f"{block_id}_action", **element}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Go"),
        "blocks": list(blocks),
        **more,
    }


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.capitalize()), "value": value}
