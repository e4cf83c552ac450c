"""Tagged blocks of our meta-prompts: data inside them can neither close a block nor open one."""

from __future__ import annotations

import json
import re

_TAG_LINE = re.compile(
    r"^(</?(?:prompt|wrong|right|labels|goal|criteria|case|reason|reasons|summary|failed|keep|feedback"
    r"|method|instruction|context|evolved|trajectories|failures|headings|analysis|worked)>)",
    re.IGNORECASE | re.MULTILINE,
)


def block(tag: str, content: str) -> str:
    """Return ``content`` between a start and an end tag, each alone on its line."""
    return f"<{tag}>\n{content}\n</{tag}>"


def guarded(text: str) -> str:
    """Indent a line that begins with one of our tags, so that it cannot close or open a block."""
    return _TAG_LINE.sub(r" \1", text)


def json_line(value: object) -> str:
    """Return ``value`` as one line of JSON with ``<`` escaped."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
