"""A prompt as a page of Markdown, for people."""

from __future__ import annotations

import re

from optimizer.interchange.messages_text import to_messages
from optimizer.prompts.prompt import Prompt

_LIVE = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@])")


def write_markdown(prompt: Prompt, *, title: str, facts: str = "") -> str:
    """Return a page with one fenced block per message, its text to the letter."""
    messages = prompt.templates
    if not prompt.placeholders:
        messages = to_messages(prompt, lambda text: text, lambda name: f"{{{name}}}")
    lines = [f"# {_plain(title)}", ""]
    if facts:
        lines += [_plain(facts), ""]
    for message in messages:
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", message.content)), default=0))
        lines += [f"## {message.role.capitalize()}", "", f"{fence}text", message.content, fence, ""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return one line in which nothing is markup."""
    return _LIVE.sub(r"\\\1", " ".join(text.split()))
