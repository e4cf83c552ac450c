"""Candidates: prompts of a search, each with where it came from."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.prompts.prompt import Prompt

SEED_ID = "seed"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prompt under test. ``origin`` is how it came about, such as seed, edit or paraphrase.

    ``reason`` is the gradient behind it.
    """

    id: str
    prompt: Prompt
    parent: str = ""
    origin: str = "seed"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An editable text that was proposed and has not passed the rules yet."""

    text: str
    origin: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Offspring:
    """The drafts that were made from one parent, in a fixed order."""

    parent: Candidate
    drafts: tuple[Draft, ...]
