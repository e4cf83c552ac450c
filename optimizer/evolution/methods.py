"""Evolving methods: the first one, and the rules that a proposed one must pass before anything is paid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.prompts.rules import fingerprint

FIRST_METHOD = """\
Step 1. List ways. Think of several different ways to make this instruction more demanding without changing
its language, its subject or what it is about: one more condition, a deeper question about the same thing, a
concrete case in place of a general one, one more step of reasoning, a richer input.

Step 2. Plan. Choose the two or three ways that suit this instruction best and say in a short plan how they
are combined.

Step 3. Rewrite. Carry out the plan and write the new instruction. Add about 10 to 20 words. Keep every
fact, number, name and piece of data that the instruction gives.

Step 4. Review. Read the new instruction as somebody who knows nothing else: take out what contradicts
itself, cannot be answered or is beside the point. Then write the final instruction, and only the instruction."""
"""Our own e0: the four parts of the paper's first method (section 3.1 of arXiv 2406.00770), in our words."""

FIRST_ID = "m0"
_STEP = re.compile(r"^[ \t#*>-]*(?:step[ \t]*)?\d{1,2}[ \t]*[.):]", re.IGNORECASE | re.MULTILINE)
_LONGEST_CHARS = 8_000
_LONGER_THAN_PARENT = 4
_SHORTEST_CHARS = 40
_COPIED_CHARS = 60
"""An instruction of the batch that is at least so long must not stand in the method word for word."""


@dataclass(frozen=True, slots=True)
class Method:
    """An evolving method and where it comes from. ``parent`` is an id, "" for the first method.

    ``operators`` are alternatives of which one is drawn per instruction (Evol-Instruct); ``text`` then
    only shows them to people.
    """

    id: str
    text: str
    parent: str = ""
    parent_text: str = ""
    operators: tuple[str, ...] = ()


def why_not(proposal: str, parent: str, tried: Iterable[str], batch: Iterable[str]) -> str | None:
    """Return in a sentence why ``proposal`` is not worth trying, None when it is.

    ``tried`` holds the fingerprints of methods that were tried already, ``batch`` the instructions
    that the optimizer model saw.
    """
    if len(proposal) < _SHORTEST_CHARS:
        return f"The proposal has only {len(proposal)} characters."
    longest = max(_LONGEST_CHARS, _LONGER_THAN_PARENT * len(parent))
    if len(proposal) > longest:
        return f"The proposal has {len(proposal)} characters, more than {longest}."
    folded = fingerprint(proposal)
    if folded == fingerprint(parent):
        return "The method came back unchanged."
    if folded in set(tried):
        return "The same method was proposed before."
    if len(_STEP.findall(parent)) > 1 and len(_STEP.findall(proposal)) < 2:
        return "The proposal lost the numbered steps."
    if any(len(text) >= _COPIED_CHARS and fingerprint(text) in folded for text in batch):
        return "The proposal copies an instruction of the batch."
    return None
