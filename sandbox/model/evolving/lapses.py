"""Where a rewriting goes wrong: how often by the method's guidance and the instruction, and which one does."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from sandbox.model.dice import chance
from sandbox.model.evolving.guidance import MethodReading

BASE_RATES: dict[str, float] = {
    "unchanged": 0.05,
    "statement": 0.10,
    "vague": 0.085,
    "dangling": 0.16,
    "contradiction": 0.08,
    "leaked": 0.05,
    "runaway": 0.07,
    "language": 0.35,
    "no block": 0.012,
}
"""Share of instructions without any guidance that end in each lapse; ``dangling`` when there is much given."""

GUARDS: dict[str, tuple[str, ...]] = {
    "statement": ("task",),
    "vague": ("clear", "alone"),
    "dangling": ("facts", "alone"),
    "contradiction": ("review",),
    "unchanged": ("different",),
    "leaked": ("silent",),
    "runaway": ("length",),
    "language": ("language",),
}
"""Lapse -> guidance that helps against it; the first helps most, the second half."""

LEFT_BY_GUIDANCE = 0.12
LEFT_BY_SECOND = 0.55
LEFT_BY_BOTH = 0.06
HARM_FACTOR = 2.5
FEW_STEPS_FACTOR = 1.3
LITTLE_GIVEN_FACTOR = 0.45
LONG_METHOD = 3_000
AGAIN_FACTOR = 0.5
NOT_HARDER_RATE = 0.55
STICKY = 0.65
"""Share of chance that belongs to the instruction alone, whatever the method: some are hard to evolve."""

_GIVEN = re.compile(r"\d|https?://|`|\{|\"|“")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One instruction to evolve; ``draw`` holds what else may change the outcome."""

    instruction: str
    context: str
    language: str
    again: bool
    server_seed: int
    draw: tuple[object, ...]


def lapse_of(reading: MethodReading, attempt: Attempt) -> str:
    """Return the lapse that happens in this attempt, "" for none."""
    text = f"{attempt.instruction}\x1f{attempt.context}"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    own = (attempt.server_seed, digest, attempt.again, *attempt.draw)
    for kind, rate in rates(reading, attempt).items():
        if rate <= 0:
            continue
        key = own if chance("sticky", kind, *own) < STICKY else (*own, reading.digest)
        if chance("lapse", kind, *key) < rate:
            return kind
    return ""


def rates(reading: MethodReading, attempt: Attempt) -> dict[str, float]:
    """Return how likely each lapse is for this method and instruction."""
    found = {}
    for kind, base in BASE_RATES.items():
        rate = base * _left(kind, reading)
        if reading.steps < 3 and kind != "no block":
            rate *= FEW_STEPS_FACTOR
        if kind == "dangling" and not attempt.context and len(_GIVEN.findall(attempt.instruction)) < 2:
            rate *= LITTLE_GIVEN_FACTOR
        if attempt.again:
            rate *= AGAIN_FACTOR
        found[kind] = min(0.95, rate)
    if "harder" not in reading.guided:
        found["unchanged"] = max(found["unchanged"], NOT_HARDER_RATE)
    if attempt.language == "en":
        found["language"] = 0.0
    return found


def _left(kind: str, reading: MethodReading) -> float:
    """Return what the method's guidance leaves of a lapse; a method too long to keep in mind helps less."""
    guards = GUARDS.get(kind, ())
    harmed = any(guard in reading.harmed for guard in guards)
    held = [guard in reading.guided for guard in guards]
    if not any(held) or harmed:
        return HARM_FACTOR if harmed else 1.0
    left = LEFT_BY_BOTH if len(held) == 2 and all(held) else LEFT_BY_GUIDANCE if held[0] else LEFT_BY_SECOND
    forgotten = min(1.0, max(0, reading.length - LONG_METHOD) / LONG_METHOD)
    return left + (1 - left) * forgotten * 0.7
