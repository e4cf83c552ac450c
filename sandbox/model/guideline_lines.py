"""Editing a prompt's text: guideline bullets, format sentences, and where new lines go."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sandbox.model.label_finding import label_key
from sandbox.model.words import content_stems

MAX_CUES = 36

_BULLET = re.compile(
    r"^([ \t]*(?:[-*•–]|\d{1,2}[.)])[ \t]+[\"'`*]*)([^:\n]{1,40}?)([\"'`*]*[ \t]*(?::|–|—)\**[ \t]*)(.*)$"
)
_FRAME = re.compile(r"^\s*(?:<[\w-]+>|```\w*|\"\"\"|'''|#{1,6} .*|[\w ()]{1,30}:)\s*$")
_PLACEHOLDER = re.compile(r"\{\{?\s*[A-Za-z_][\w.-]*\s*\}?\}")


def guideline_of(line: str, labels: Sequence[str]) -> str | None:
    """Return the label that a bullet such as ``- billing: invoices`` is about, None for other lines."""
    match = _BULLET.match(line)
    if not match:
        return None
    key = label_key(match[2])
    return next((label for label in labels if label_key(label) == key), None)


def cues_of(line: str) -> list[str]:
    """Return the comma-separated cues of a guideline bullet."""
    match = _BULLET.match(line)
    return [cue.strip(" .") for cue in match[4].split(",") if cue.strip(" .")] if match else []


def add_cues(
    prompt: str, label: str, cues: Sequence[str], labels: Sequence[str], keep: Sequence[str], intro: str
) -> str:
    """Add cues to the label's bullet; open one, and a block of guidelines, where there is none."""
    lines = prompt.split("\n")
    bullets = [index for index, line in enumerate(lines) if guideline_of(line, labels)]
    for index in bullets:
        if guideline_of(lines[index], labels) == label:
            lines[index] = _with_cues(lines[index], cues)
            return "\n".join(lines)
    bullet = f"- {label}: {', '.join(cues)}"
    if bullets:
        lines.insert(bullets[-1] + 1, bullet)
        return "\n".join(lines)
    return insert_block(prompt, f"{intro}\n{bullet}", keep)


def _with_cues(line: str, cues: Sequence[str]) -> str:
    match = _BULLET.match(line)
    if not match:
        return line
    present = cues_of(line)
    known = {tuple(content_stems(cue)) for cue in present}
    fresh = [cue for cue in cues if tuple(content_stems(cue)) not in known]
    room = [*present, *fresh][-MAX_CUES:]
    return f"{match[1]}{match[2]}{match[3]}{', '.join(room)}"


def remove_cues(prompt: str, label: str, cues: Sequence[str], labels: Sequence[str]) -> str:
    """Take cues out of a label's bullet; a bullet that becomes empty goes."""
    unwanted = {stem for cue in cues for stem in content_stems(cue)}
    lines = []
    for line in prompt.split("\n"):
        if guideline_of(line, labels) == label:
            left = [cue for cue in cues_of(line) if not unwanted & set(content_stems(cue))]
            match = _BULLET.match(line)
            if not left or not match:
                continue
            line = f"{match[1]}{match[2]}{match[3]}{', '.join(left)}"
        lines.append(line)
    return "\n".join(lines)


def insert_block(prompt: str, block: str, keep: Sequence[str]) -> str:
    """Insert a paragraph before the part of the prompt that shows the input; at the end when there is none."""
    lines = prompt.rstrip().split("\n")
    place = _input_line(lines, keep)
    if place is None:
        return "\n".join([*lines, "", block])
    before, after = lines[:place], lines[place:]
    while before and not before[-1].strip():
        before.pop()
    head = [*before, ""] if before else []
    return "\n".join([*head, block, "", *after])


def _input_line(lines: list[str], keep: Sequence[str]) -> int | None:
    """Return the line where the shown input begins, with the heading or tag above it."""
    for index, line in enumerate(lines):
        if any(name in line for name in keep) or (not keep and _PLACEHOLDER.search(line)):
            while index > 0 and _FRAME.match(lines[index - 1]):
                index -= 1
            return index
    return None
