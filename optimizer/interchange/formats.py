"""The formats by name: writing a prompt in one of them, reading a prompt file in whichever it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.errors import InputError
from optimizer.examples.decoding import decode_text
from optimizer.interchange.langchain_json import is_langchain, read_langchain, write_langchain
from optimizer.interchange.markdown import write_markdown
from optimizer.interchange.messages_text import to_text
from optimizer.interchange.openai_json import is_openai, read_openai, write_openai
from optimizer.interchange.promptfoo_yaml import is_promptfoo, read_promptfoo, write_promptfoo
from optimizer.metrics.judged import AnyMetric
from optimizer.model.protocol import Message
from optimizer.prompts.prompt import Prompt
from optimizer.task import Example

_Reader = Callable[[Any], tuple[Message, ...]]
_READERS: tuple[tuple[Callable[[Any], bool], _Reader], ...] = (
    (is_langchain, read_langchain),
    (is_promptfoo, read_promptfoo),
    (is_openai, read_openai),
)
_MAX_STRUCTURE = 300_000
FORMATS = ("markdown", "langchain", "openai", "promptfoo")
"""Names that ``export_prompt`` knows."""


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What goes with the prompt where a format has a place for it.

    ``model`` is the task model as ``provider:model``; ``examples`` become promptfoo's tests, which judge
    answers as ``metric`` does, as far as they can.
    ``more`` are texts that it came from, with a heading each, for the page of Markdown.
    """

    title: str = "Prompt"
    facts: str = ""
    model: str = "openai:gpt-4.1-mini"
    examples: Sequence[Example] = ()
    metric: AnyMetric | None = None
    more: Sequence[tuple[str, str]] = ()


def export_prompt(prompt: Prompt, format_name: str, about: ExportFacts) -> str:
    """Return ``prompt`` in the format ``format_name``.

    Raises:
        InputError: there is no such format.
    """
    if format_name == "markdown":
        return write_markdown(prompt, title=about.title, facts=about.facts, more=about.more)
    if format_name == "langchain":
        return write_langchain(prompt)
    if format_name == "openai":
        return write_openai(prompt)
    if format_name == "promptfoo":
        return write_promptfoo(
            prompt, about.examples, title=about.title, provider=about.model, metric=about.metric
        )
    raise InputError(
        f"There is no format {format_name!r}.", f"Choose one of {', '.join(FORMATS)}.", field="format"
    )


def read_prompt(name: str, data: bytes) -> str:
    """Return the text of a prompt file: plain text, or a prompt of LangChain, OpenAI or promptfoo.

    Anything else, other JSON too, is a prompt as it stands.

    Raises:
        InputError: not text, or a prompt of those tools that cannot be taken over.
    """
    text = decode_text(name, data, field="prompt")
    value = _structure(name, text)
    for fits, read in _READERS:
        if fits(value):
            return to_text(read(value))
    return text


def _structure(name: str, text: str) -> Any:
    """Return the JSON or YAML value of a text that looks like one, None for other and for huge texts."""
    if len(text) > _MAX_STRUCTURE:
        return None
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None
    if not name.lower().endswith((".yaml", ".yml")):
        return None
    import yaml

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise InputError(
            f"{name}{where}: not YAML.",
            "Mend it, or give the prompt as plain text.",
            field="prompt",
            file=name,
        ) from None
