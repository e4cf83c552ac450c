"""OpenAI's list of messages as JSON, with our placeholders left in the text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from optimizer.errors import InputError
from optimizer.interchange.messages_text import ROLES, to_messages
from optimizer.model.protocol import Message
from optimizer.prompts.prompt import Prompt


def write_openai(prompt: Prompt) -> str:
    """Return the messages as OpenAI's APIs take them; fill in each ``{name}`` before sending."""
    messages = to_messages(prompt, lambda text: text, lambda name: f"{{{name}}}")
    plain = [{"role": message.role, "content": message.content} for message in messages]
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def is_openai(value: Any) -> bool:
    """Tell whether a JSON value is a list of messages, or an object that holds one under ``messages``."""
    messages = value.get("messages") if isinstance(value, Mapping) else value
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(isinstance(item, Mapping) and "role" in item and "content" in item for item in messages)
    )


def read_openai(value: Any) -> tuple[Message, ...]:
    """Return the messages of a value for which ``is_openai`` holds.

    Raises:
        InputError: a role or a kind of content that cannot be taken over.
    """
    messages = value["messages"] if isinstance(value, Mapping) else value
    return tuple(_message(item) for item in messages)


def _message(item: Mapping[str, Any]) -> Message:
    named = item["role"]
    role = ROLES.get(named) if isinstance(named, str) else None
    if role is None:
        raise InputError(
            f"A message has the role {named[:40] if isinstance(named, str) else 'without a name'!r}.",
            "Use system, developer, user or assistant.",
            field="prompt",
        )
    return Message(role, content_text(item["content"]))


def content_text(content: Any) -> str:
    """Return the text of a message's content, which is a text or a list of text parts.

    Raises:
        InputError: it holds something else, such as a picture.
    """
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = [
            part.get("text") if isinstance(part, Mapping) else part if isinstance(part, str) else None
            for part in content
        ]
        if all(isinstance(text, str) for text in texts):
            return "\n".join(str(text) for text in texts)
    raise InputError(
        "A message holds something other than text.",
        "Only text can be optimised; leave it out.",
        field="prompt",
    )
