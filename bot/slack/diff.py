"""Shows how one prompt became another: a short difference for a message, a whole one for a file."""

from __future__ import annotations

import difflib
import re

from bot.slack.escaping import clean, cut

MAX_LINES = 15
MAX_LINE_CHARS = 180
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
_LONG = 110


def short_diff(before: str, after: str, max_lines: int = MAX_LINES) -> str:
    """Return at most ``max_lines`` lines of difference, long lines compared sentence by sentence.

    Empty when the two texts are equal.
    """
    lines = _compare(_sentences(before), _sentences(after), context=1)
    if len(lines) > max_lines:
        hidden = len(lines) - max_lines + 1
        lines = [*lines[: max_lines - 1], f"… {hidden} more lines"]
    return "\n".join(cut(line, MAX_LINE_CHARS) for line in lines)


def whole_diff(before: str, after: str, before_name: str, after_name: str) -> str:
    """Return the complete unified difference of two prompts, as a file for ``patch`` or an editor."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), before_name, after_name, lineterm="", n=3
    )
    return "\n".join(lines) + "\n"


def _sentences(text: str) -> list[str]:
    pieces: list[str] = []
    for line in clean(text).splitlines():
        pieces.extend(_SENTENCE_END.split(line) if len(line) > _LONG else [line])
    return pieces


def _compare(before: list[str], after: list[str], context: int) -> list[str]:
    lines = list(difflib.unified_diff(before, after, lineterm="", n=context))[2:]
    kept = [line for line in lines if not line.startswith("@@")]
    while kept and kept[0] == " ":
        kept.pop(0)
    while kept and kept[-1] == " ":
        kept.pop()
    return kept
