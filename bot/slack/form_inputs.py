"""The input fields that forms of every kind are made of, and what a filled-in one holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.background.request import FileRef
from bot.clean_text import clean
from bot.slack.blocks import Block, plain
from bot.slack.escaping import cut, one_line
from bot.slack.files import too_large

VALUE = "value"
"""The action id of every input; the block id tells them apart."""
MAX_TEXT = 3_000
AUDIENCE, CHANNEL_CHOICE = "audience", "post_to"
ONLY_ME, CHANNEL = "only_me", "channel"

Values: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""``view.state.values`` of a submission."""


@dataclass(frozen=True, slots=True)
class FormContext:
    """What travels with a form: where it was opened, and what was given before (kept under ``draft``).

    An empty ``channel`` means that the form asks for it; an empty ``algorithm`` leaves it to the preset.
    """

    team: str
    channel: str
    thread_ts: str = ""
    draft: str = ""
    algorithm: str = ""

    def pack(self) -> str:
        """Pack into ``private_metadata``."""
        return json.dumps([self.team, self.channel, self.thread_ts, self.draft, self.algorithm])

    @classmethod
    def unpack(cls, packed: str) -> FormContext:
        """Rebuild from ``private_metadata``."""
        return cls(*json.loads(packed))


def field(block_id: str, label: str, element: Block, hint: str = "", *, optional: bool = True) -> Block:
    """An input block."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 200),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, 300)
    return block


def text_area(placeholder: str, initial: str = "", most: int = MAX_TEXT) -> Block:
    """A field of several lines."""
    return _text_input(placeholder, initial, most) | {"multiline": True}


def text_line(most: int, placeholder: str = "", initial: str = "") -> Block:
    """A field of one line."""
    return _text_input(placeholder, initial, most)


def _text_input(placeholder: str, initial: str, most: int) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": VALUE, "max_length": most}
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    if initial:
        element["initial_value"] = cut(initial.encode("utf-8", "replace").decode("utf-8"), most)
    return element


def file_field(endings: tuple[str, ...], most: int) -> Block:
    """A field for up to ``most`` files; Slack checks the endings only for comfort, so we check again."""
    return {"type": "file_input", "action_id": VALUE, "filetypes": list(endings), "max_files": most}


def select(choices: Sequence[tuple[str, str]], chosen: str = "") -> Block:
    """A menu of (value, words); the first one is chosen unless ``chosen`` is offered."""
    options = [{"text": plain(words, 75), "value": value} for value, words in choices]
    first = next((option for option in options if option["value"] == chosen), options[0])
    return {"type": "static_select", "action_id": VALUE, "options": options, "initial_option": first}


def audience() -> Block:
    """Who can find what comes out."""
    options = [
        {"text": plain("Everyone who can see this channel", 75), "value": CHANNEL},
        {"text": plain("Only me (the thread itself stays in the channel)", 75), "value": ONLY_ME},
    ]
    return field(
        AUDIENCE,
        "Who can find the result",
        {"type": "radio_buttons", "action_id": VALUE, "options": options, "initial_option": options[0]},
        optional=False,
    )


def channel_choice(direct: str) -> Block:
    """Where to post; ``direct`` is the person's direct channel with the bot, chosen at first."""
    element: Block = {
        "type": "conversations_select",
        "action_id": VALUE,
        "placeholder": plain("Choose a channel", 150),
        "filter": {"include": ["public", "private", "mpim", "im"]},
    }
    if direct:
        element["initial_conversation"] = direct
    return field(CHANNEL_CHOICE, "Post the thread to", element, "I must be a member of it.", optional=False)


def text_of(values: Values, block: str) -> str:
    """What was written into a text field."""
    return str(values.get(block, {}).get(VALUE, {}).get("value") or "")


def choice_of(values: Values, block: str, default: str) -> str:
    """What was chosen from a menu or from radio buttons."""
    chosen = values.get(block, {}).get(VALUE, {}).get("selected_option") or {}
    return str(chosen.get("value") or default)


def channel_of(values: Values, where: FormContext) -> str:
    """Where the thread belongs: where the form was opened, or what was chosen in it."""
    chosen = values.get(CHANNEL_CHOICE, {}).get(VALUE, {}).get("selected_conversation")
    return where.channel or str(chosen or "")


def files_of(values: Values, block: str) -> tuple[FileRef, ...]:
    """The files of a file field."""
    files = values.get(block, {}).get(VALUE, {}).get("files") or []
    return tuple(
        FileRef(
            id=str(file.get("id", "")),
            name=str(file.get("name") or file.get("title") or "file"),
            size=int(file.get("size") or 0) if "size" in file else -1,
            url=str(file.get("url_private") or ""),
        )
        for file in files
    )


def trouble_with(refs: Sequence[FileRef], endings: tuple[str, ...], max_bytes: int) -> str:
    """Say what is wrong with the first unusable file by its name and stated size; empty when all will do."""
    for ref in refs:
        name = one_line(ref.name, 80)
        if not has_ending(ref, endings):
            return f"{name}: I read {', '.join(endings)} files here. Convert it and attach it again."
        if ref.size > max_bytes:
            return str(too_large(name, max_bytes, ref.size))
        if ref.size == 0:
            return f"{name} is empty. Attach a file with content."
    return ""


def has_ending(ref: FileRef, endings: tuple[str, ...]) -> bool:
    """Whether the file's name has one of the endings."""
    return ref.name.lower().endswith(tuple("." + ending for ending in endings))


def shown_name(ref: FileRef) -> str:
    """A file's name for people."""
    return one_line(clean(ref.name), 80)
