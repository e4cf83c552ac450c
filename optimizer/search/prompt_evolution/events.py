"""What prompt evolution tells beside the events of every search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One section that a candidate words differently from its parent, and why, in the rewriter's words."""

    candidate: str
    heading: str
    """The section's title without ``#``; empty before the first heading."""
    why: str


@dataclass(frozen=True, slots=True)
class SectionsChanged:
    """The changed sections of every candidate of a generation, in the order of the candidates."""

    kind: ClassVar[str] = "sections_changed"
    round: int
    changes: tuple[SectionChange, ...]
