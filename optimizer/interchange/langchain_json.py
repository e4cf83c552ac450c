"""LangChain's prompt JSON: written so that ``langchain_core.load`` opens it, read in its common shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from optimizer.errors import InputError
from optimizer.interchange.messages_text import ROLES, to_messages, variable_names
from optimizer.interchange.openai_json import content_text
from optimizer.interchange.templates import read_template
from optimizer.model.protocol import Message, Role
from optimizer.prompts.prompt import Prompt

_CLASSES: dict[str, str] = {
    "system": "SystemMessagePromptTemplate",
    "user": "HumanMessagePromptTemplate",
    "assistant": "AIMessagePromptTemplate",
}
_ROLE_OF: dict[str, Role] = {
    "SystemMessagePromptTemplate": "system",
    "HumanMessagePromptTemplate": "user",
    "AIMessagePromptTemplate": "assistant",
    "SystemMessage": "system",
    "HumanMessage": "user",
    "AIMessage": "assistant",
}


def write_langchain(prompt: Prompt) -> str:
    """Return a ``ChatPromptTemplate`` as JSON; braces that are no placeholder are escaped."""
    messages = to_messages(prompt, _escaped, lambda name: f"{{{name}}}")
    names = list(variable_names(prompt).values())
    templates = [
        _constructed(_CLASSES[item.role], "chat", {"prompt": _template(item.content, names)})
        for item in messages
    ]
    chat = _constructed(
        "ChatPromptTemplate", "chat", {"input_variables": sorted(names), "messages": templates}
    )
    return json.dumps(chat, ensure_ascii=False, indent=2) + "\n"


def is_langchain(value: Any) -> bool:
    """Tell whether a JSON value is a prompt that LangChain wrote."""
    if not isinstance(value, Mapping):
        return False
    return (value.get("lc") == 1 and isinstance(value.get("id"), list)) or value.get("_type") == "prompt"


def read_langchain(value: Mapping[str, Any]) -> tuple[Message, ...]:
    """Return the messages of a prompt template that LangChain wrote; nothing is imported or run.

    Raises:
        InputError: a kind of template or message that cannot be taken over.
    """
    if value.get("_type") == "prompt":
        return (Message("user", _text_of(value, {})),)
    kind, kwargs = _kind(value), _kwargs(value)
    if kind == "PromptTemplate":
        return (Message("user", _text_of(kwargs, {})),)
    messages = kwargs.get("messages")
    if kind not in ("ChatPromptTemplate", "StructuredPrompt") or not isinstance(messages, list):
        raise _unknown(kind)
    given = kwargs.get("partial_variables")
    return tuple(
        message for item in messages if (message := _message(item, given if isinstance(given, dict) else {}))
    )


def _message(value: Any, given: Mapping[str, Any]) -> Message | None:
    kind, kwargs = _kind(value), _kwargs(value)
    if kind == "MessagesPlaceholder" and kwargs.get("optional"):
        return None
    named = kwargs.get("role")
    role = _ROLE_OF.get(kind)
    if kind == "ChatMessagePromptTemplate" and isinstance(named, str):
        role = ROLES.get(named)
    if role is None:
        raise _unknown(kind)
    if "content" in kwargs:
        return Message(role, content_text(kwargs["content"]))
    inner = kwargs.get("prompt")
    parts = inner if isinstance(inner, list) else [inner]
    return Message(role, "\n".join(_text_of(_prompt_kwargs(part), given) for part in parts))


def _prompt_kwargs(value: Any) -> Mapping[str, Any]:
    if _kind(value) != "PromptTemplate":
        raise _unknown(_kind(value))
    return _kwargs(value)


def _text_of(kwargs: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    template = kwargs.get("template")
    if not isinstance(template, str):
        raise _unknown("template without text")
    partial = kwargs.get("partial_variables")
    fixed = {**given, **(partial if isinstance(partial, dict) else {})}
    texts = {str(name): item for name, item in fixed.items() if isinstance(item, str)}
    language = kwargs.get("template_format", "f-string")
    return read_template(template, language if isinstance(language, str) else "f-string", texts)


def _kind(value: Any) -> str:
    path = value.get("id") if isinstance(value, Mapping) else None
    return path[-1] if isinstance(path, list) and path and isinstance(path[-1], str) else "something else"


def _kwargs(value: Any) -> Mapping[str, Any]:
    kwargs = value.get("kwargs") if isinstance(value, Mapping) else None
    return kwargs if isinstance(kwargs, Mapping) else {}


def _template(text: str, names: list[str]) -> dict[str, Any]:
    used = [name for name in names if f"{{{name}}}" in text]
    kwargs = {"input_variables": used, "template": text, "template_format": "f-string"}
    return _constructed("PromptTemplate", "prompt", kwargs)


def _constructed(name: str, module: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    path = ["langchain", "prompts", module, name]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": kwargs}


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _unknown(kind: str) -> InputError:
    return InputError(
        f"The LangChain file holds {kind[:60]!r}, which cannot be taken over.",
        "Save a PromptTemplate or a ChatPromptTemplate of text messages (langchain_core.load.dumps).",
        field="prompt",
    )
