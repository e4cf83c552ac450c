"""The search window: words on top, what they find below."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.blocks import Block, plain, window
from bot.slack.escaping import cut
from bot.slack.form_inputs import VALUE, field
from bot.slack.incoming.search_words import chosen_in

WORDS = "search.words"
"""Action id of the field; Enter in it searches."""
OWNER, CHANNEL = "search.owner", "search.channel"
"""Block ids of the menus that narrow it."""
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
    words, owner, channel = chosen_in(asked)
    if words:
        element["initial_value"] = cut(words.encode("utf-8", "replace").decode(), _MOST)
    words_field: Block = {
        "type": "input",
        "block_id": "search",
        "dispatch_action": True,
        "optional": True,
        "label": plain("Past prompts that you may see", 200),
        "element": element,
    }
    menus = [
        _menu(OWNER, "Made by", "Anybody", "users_select", "initial_user", owner),
        _menu(CHANNEL, "Made in", "Anywhere", "conversations_select", "initial_conversation", channel),
    ]
    return window("Search", [words_field, *menus, *results]) | {
        "submit": plain("Search", 24),
        "callback_id": "search.form",
    }


def _menu(block_id: str, label: str, unset: str, kind: str, initial: str, chosen: str) -> Block:
    element: Block = {"type": kind, "action_id": VALUE, "placeholder": plain(unset, 150)}
    if chosen:
        element[initial] = chosen
    if kind == "conversations_select":
        element["filter"] = {"include": ["public", "private", "mpim"]}
    return field(block_id, label, element)
