"""The tagged request that an optimizer model gets, taken apart."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_BLOCK = re.compile(
    r"^<(prompt|wrong|right|labels|criteria|goal|reason|reasons|summary|failed|keep|feedback"
    r"|method|instruction|context|trajectories|failures)>[ \t]*\n"
    r"(.*?)^</\1>[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_COUNT = re.compile(r"^Count:[ \t]*(\d{1,3})[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class WrongCase:
    """An example that was answered wrongly; ``why`` is what a judge found fault with, if it said so."""

    text: str
    expected: str
    answer: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """The blocks of the request; a missing block is empty. ``count`` is the number of answers wanted."""

    prompt: str
    wrong: tuple[WrongCase, ...]
    labels: tuple[str, ...]
    goal: str
    criteria: str
    reason: str
    reasons: tuple[str, ...]
    keep: tuple[str, ...]
    feedback: str
    count: int


def blocks_of(text: str) -> dict[str, str]:
    """Return the content of every tagged block of the user message, by its tag."""
    return {match[1]: match[2].strip("\n") for match in _BLOCK.finditer(text)}


def read_job(text: str) -> JobRequest:
    """Take the user message apart; lines that are not the JSON they should be are skipped."""
    blocks = blocks_of(text)
    count = _COUNT.findall(_BLOCK.sub("", text))
    return JobRequest(
        prompt=blocks.get("prompt", "").strip(),
        wrong=tuple(case for line in blocks.get("wrong", "").splitlines() if (case := _case(line))),
        labels=_labels(blocks.get("labels", "")),
        goal=blocks.get("goal", "").strip(),
        criteria=blocks.get("criteria", "").strip(),
        reason=blocks.get("reason", "").strip(),
        reasons=tuple(
            str(_json(line) or line) for line in blocks.get("reasons", "").splitlines() if line.strip()
        ),
        keep=tuple(line.strip() for line in blocks.get("keep", "").splitlines() if line.strip()),
        feedback=blocks.get("feedback", "").strip(),
        count=max(1, min(32, int(count[-1]))) if count else 1,
    )


def _case(line: str) -> WrongCase | None:
    data = _json(line)
    if not isinstance(data, dict):
        return None
    return WrongCase(*(str(data.get(name, "")) for name in ("input", "expected", "answer", "why")))


def _labels(block: str) -> tuple[str, ...]:
    data = _json(block)
    return tuple(str(label) for label in data) if isinstance(data, list) else ()


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
