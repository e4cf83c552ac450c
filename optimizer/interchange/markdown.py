"""A prompt as a page of Markdown, for people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from optimizer.interchange.messages_text import to_messages
from optimizer.prompts.prompt import Prompt

_LIVE = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@])")


def write_markdown(
    prompt: Prompt, *, title: str, facts: str = "", more: Sequence[tuple[str, str]] = ()
) -> str:
    """Return a page with one fenced block per message, its text to the letter; ``more`` are (heading, text)."""
    messages = prompt.templates
    if not prompt.placeholders:
        messages = to_messages(prompt, lambda text: text, lambda name: f"{{{name}}}")
    lines = [f"# {plain_line(title)}", ""]
    if facts:
        lines += [plain_line(facts), ""]
    for message in messages:
        lines += [f"## {message.role.capitalize()}", "", *fenced(message.content, "text"), ""]
    for heading, text in more:
        lines += [f"## {plain_line(heading)}", "", *fenced(text, "text"), ""]
    return "\n".join(lines)


def fenced(text: str, language: str) -> list[str]:
    """Return ``text`` between fences that nothing in it can close, as lines."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return [f"{fence}{language}", text, fence]


def plain_line(text: str) -> str:
    """Return one line in which nothing is markup."""
    return _LIVE.sub(r"\\\1", " ".join(text.split()))
