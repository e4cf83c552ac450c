"""The search window: words on top, what they find below."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.blocks import Block, plain
from bot.slack.escaping import cut
from bot.slack.messages.library import window

WORDS = "search.words"
"""Action id of the field; Enter in it searches."""
_MOST = 500


def search_window(asked: str, results: Sequence[Block]) -> Block:
    """The field with what was asked, and the hits."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": WORDS,
        "max_length": _MOST,
        "placeholder": plain("Words, then Enter", 150),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    if asked:
        element["initial_value"] = cut(asked.encode("utf-8", "replace").decode(), _MOST)
    field: Block = {
        "type": "input",
        "block_id": "search",
        "dispatch_action": True,
        "optional": True,
        "label": plain("Past prompts that you may see", 200),
        "element": element,
    }
    return window("Search", [field, *results]) | {"submit": plain("Search", 24), "callback_id": "search.form"}
