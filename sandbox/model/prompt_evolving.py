"""Evolve-prompt: a structured prompt rewritten as a whole, new lines in the sections that they belong to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from sandbox.model.dice import Dice
from sandbox.model.editing import write_edits
from sandbox.model.job_request import JobRequest

CARELESS_RATE = 0.04

_BLOCK = re.compile(r"^<(headings|analysis)>[ \t]*\n(.*?)^</\1>[ \t]*$", re.MULTILINE | re.DOTALL)
_EMPHASIS = re.compile(r"^Emphasis:[^\n]*\blook like\b", re.MULTILINE)
_CRITERION = re.compile(r"misses a criterion: it (.+?)\.?\s*$", re.IGNORECASE)
_FORM = re.compile(r"\b(?:only|exactly one of|just the|nothing else|answer must|reply must)\b", re.IGNORECASE)
_OUTPUT = re.compile(r"\b(?:output|format|answer|reply|response)\b", re.IGNORECASE)
_RULES = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in ("constraints?|rules?|guidelines?", "workflow|steps", "skills?", "task|instructions?")
)
_PLACEHOLDER = re.compile(r"\{\{?\s*[A-Za-z_][\w.-]*\s*\}?\}")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s")


@dataclass(slots=True)
class _Part:
    """One section of the prompt: its heading, its lines, and whether it may change."""

    heading: str
    lines: list[str]
    free: bool
    why: str = ""

    @property
    def is_home(self) -> bool:
        return self.free and not any(_PLACEHOLDER.search(line) for line in self.lines)


def evolve_prompt(text: str, job: JobRequest, dice: Dice) -> dict[str, object]:
    """Return ``{"prompts": [one prompt], "changes": […]}`` for the request ``text``."""
    blocks = {match[1]: match[2] for match in _BLOCK.finditer(text)}
    reasons = [value for value in _json_lines(blocks.get("analysis", "")) if isinstance(value, str)]
    headings = [value for value in _json_lines(blocks.get("headings", "")) if isinstance(value, dict)]
    parts = _split(job.prompt, headings)
    told = [f"The answer {match[1]}." for reason in reasons if (match := _CRITERION.search(reason))]
    rest = [reason for reason in reasons if not _CRITERION.search(reason)]
    if _EMPHASIS.search(text):
        rest.append("The format of the answer is left open.")
    if rest and (not told or job.labels):
        edited = write_edits(replace(job, reason="\n".join(rest), count=1), dice)[0]
        if len(parts) == 1:
            parts[0].lines, parts[0].why = edited.split("\n"), rest[0]
        else:
            _take_over(parts, job.prompt.split("\n"), edited.split("\n"), rest[0])
    for sentence in dict.fromkeys(told):
        if sentence not in job.prompt and dice.hits(0.9):
            _put(parts, [sentence], "What the answers are judged by was not asked for.")
    changes = [{"heading": part.heading, "why": part.why} for part in parts if part.why]
    if len(parts) > 1 and dice.hits(CARELESS_RATE):
        dice.pick(parts).heading = "# Notes"
    return {"prompts": [_joined(parts)], "changes": changes}


def _split(prompt: str, headings: Sequence[dict[str, object]]) -> list[_Part]:
    """Split at the headings that the request names, in their order."""
    parts = [_Part("", [], not headings or bool(headings[0].get("may_change")))]
    rest = [item for item in headings if str(item.get("heading", ""))]
    for line in prompt.split("\n"):
        if rest and line.strip() == rest[0].get("heading"):
            parts.append(_Part(line.strip(), [], bool(rest.pop(0).get("may_change"))))
        else:
            parts[-1].lines.append(line)
    return parts if any(line.strip() for line in parts[0].lines) else parts[1:] or parts


def _take_over(parts: list[_Part], before: list[str], after: list[str], why: str) -> None:
    """Carry an edit of the whole text over, section by section; what must not change does not."""
    owners = [
        (part, index) for part in parts for index in [-1] * bool(part.heading) + [*range(len(part.lines))]
    ]
    changed: dict[int, dict[int, list[str]]] = {}
    offset = len(before) - len(owners)
    for tag, start, stop, new_start, new_stop in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        fresh = after[new_start:new_stop]
        if tag == "equal":
            continue
        place = owners[max(0, min(len(owners) - 1, (start if tag != "insert" else start - 1) - offset))]
        part, index = place
        near_bullets = 0 <= index < len(part.lines) and _BULLET.match(part.lines[index])
        single = len({id(owner[0]) for owner in owners[max(0, start - offset) : max(0, stop - offset)]}) <= 1
        if tag == "insert" and not (part.free and near_bullets and all(map(_BULLET.match, fresh))):
            _put(parts, [line for line in fresh if line.strip()], why)
        elif part.free and index >= 0 and single:
            slot = changed.setdefault(id(part), {})
            for gone in range(stop - start):
                slot[index + gone] = []
            slot[index] = [part.lines[index], *fresh] if tag == "insert" else fresh
            part.why = why
    for part in parts:
        edits = changed.get(id(part), {})
        part.lines = [line for index, old in enumerate(part.lines) for line in edits.get(index, [old])]


def _put(parts: list[_Part], lines: list[str], why: str) -> None:
    """Append lines to the section where a reader looks for them."""
    if not lines:
        return
    homes = [part for part in parts if part.is_home]
    wanted = (_OUTPUT, *_RULES) if any(map(_FORM.search, lines)) else _RULES
    named = (part for pattern in wanted for part in homes if pattern.search(part.heading))
    home = next(named, homes[-1] if homes else None)
    if home is None:
        home = next((part for part in parts if part.free), parts[0])
        home.lines[:0] = [*lines, ""]
    else:
        while home.lines and not home.lines[-1].strip():
            home.lines.pop()
        home.lines += [*lines, ""]
    home.why = why


def _joined(parts: Iterable[_Part]) -> str:
    return "\n".join(line for part in parts for line in ([part.heading] if part.heading else []) + part.lines)


def _json_lines(text: str) -> list[object]:
    values = []
    for line in text.splitlines():
        try:
            values.append(json.loads(line))
        except (ValueError, RecursionError):
            continue
    return values
