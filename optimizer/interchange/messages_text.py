"""Between messages and the text of a prompt: marker lines, escapes for other template languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from optimizer.errors import InputError
from optimizer.model.protocol import Message, Role
from optimizer.prompts.placeholders import map_placeholders
from optimizer.prompts.prompt import Prompt

INPUT = "input"
"""The variable that stands for the example when a prompt has no placeholder of its own."""

ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
}
"""What other tools call the roles of messages."""

_MARKER_LINE = re.compile(r"^---(?:system|user|assistant)---[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"\W")


def to_text(messages: Sequence[Message]) -> str:
    """Return the prompt text of ``messages``; a lone user message needs no marker line.

    Raises:
        InputError: there is no text at all.
    """
    kept = [message for message in messages if message.content.strip()]
    if not kept:
        raise InputError("The prompt file holds no text.", "Give it at least one message.", field="prompt")
    contents = [_MARKER_LINE.sub(r" \g<0>", message.content) for message in kept]
    if [message.role for message in kept] == ["user"]:
        return contents[0]
    return "\n".join(f"---{item.role}---\n{text}" for item, text in zip(kept, contents, strict=True))


def to_messages(
    prompt: Prompt, literal: Callable[[str], str], placeholder: Callable[[str], str]
) -> tuple[Message, ...]:
    """Return the messages in another template language.

    ``literal`` escapes text, ``placeholder`` writes a variable of the given (plain) name. A prompt
    without placeholder gets the input section that a run appends, with the variable ``input``.
    """
    names = variable_names(prompt)
    messages = prompt.map_text(
        lambda text: map_placeholders(text, literal, lambda name: placeholder(names[name])), literal
    )
    if prompt.placeholders:
        return messages
    section = f"# Input\n{placeholder(INPUT)}"
    *others, last = messages
    if last.role != "user":
        return (*messages, Message("user", section))
    return (*others, Message("user", f"{last.content.rstrip()}\n\n{section}"))


def variable_names(prompt: Prompt) -> dict[str, str]:
    """Return for each placeholder a name that is an identifier everywhere, different ones for different ones."""
    names: dict[str, str] = {}
    for name in prompt.placeholders:
        plain = _NAME.sub("_", name)
        while plain in names.values():
            plain += "_"
        names[name] = plain
    return names or {INPUT: INPUT}
