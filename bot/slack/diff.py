"""Shows how one prompt became another: a short difference for a message, a whole one for a file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from bot.clean_text import clean
from bot.slack.escaping import cut

MAX_LINES = 15
MAX_LINE_CHARS = 180
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
_LONG = 110
_KEPT_AROUND = 30
_MOST_COMPARED = 400
"""Lines of each prompt that a message compares; the file compares all."""


def short_diff(before: str, after: str, max_lines: int = MAX_LINES) -> str:
    """Return at most ``max_lines`` lines of difference, with a line of context around each change.

    Long lines are compared sentence by sentence; a changed line stands right below its old form,
    and what long old and new lines share is left out. Empty when the two texts are equal.
    """
    lines = _without_blank_edges(list(_changes(_sentences(before), _sentences(after))))
    if len(lines) > max_lines:
        hidden = len(lines) - max_lines + 1
        lines = [*lines[: max_lines - 1], f"… {hidden} more lines"]
    return "\n".join(cut(line, MAX_LINE_CHARS) for line in lines)


def change_lines(before: str, after: str) -> str:
    """Return all lines of difference between two prompts for reading; empty when they are equal."""
    if before == after:
        return ""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    return "\n".join(clean(line) for line in list(lines)[2:])


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
    return pieces[:_MOST_COMPARED]


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (kind, old_start, old_end, new_start, new_end) in enumerate(steps):
        if kind == "equal":
            same = before[old_start:old_end]
            around = [*([same[0]] if number else []), *([same[-1]] if number < len(steps) - 1 else [])]
            yield from (f" {line}" for line in (around[:1] if len(same) == 1 else around))
            continue
        old, new = before[old_start:old_end], after[new_start:new_end]
        for index in range(max(len(old), len(new))):
            yield from _pair(old[index : index + 1], new[index : index + 1])


def _pair(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """A removed and an added line; when both are long and alike, only where they differ."""
    if old and new:
        gone, come = _around_the_change(old[0], new[0])
        yield f"-{gone}"
        yield f"+{come}"
        return
    yield from (f"-{line}" for line in old)
    yield from (f"+{line}" for line in new)


def _around_the_change(old: str, new: str) -> tuple[str, str]:
    if max(len(old), len(new)) <= _LONG:
        return old, new
    start = _same_start(old, new)
    rest = min(len(old), len(new)) - start
    end = min(_same_start(old[::-1], new[::-1]), rest)
    return _shortened(old, start, end), _shortened(new, start, end)


def _same_start(one: str, other: str) -> int:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _shortened(line: str, same_start: int, same_end: int) -> str:
    head, middle, tail = (
        line[:same_start],
        line[same_start : len(line) - same_end],
        line[len(line) - same_end :],
    )
    if len(head) > 2 * _KEPT_AROUND:
        head = f"{head[:_KEPT_AROUND]} … {head[-_KEPT_AROUND:]}"
    if len(tail) > 2 * _KEPT_AROUND:
        tail = f"{tail[:_KEPT_AROUND]} …"
    return head + middle + tail


def _without_blank_edges(lines: list[str]) -> list[str]:
    while lines and lines[0] == " ":
        lines.pop(0)
    while lines and lines[-1] == " ":
        lines.pop()
    return lines
