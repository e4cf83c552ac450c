"""Ways out that lead through something to set: each surface (library, command line, Slack) names it in its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Knob(Enum):
    """Something that a person can set or do, whatever the surface calls it."""

    INSTRUCTION_FIELD = auto()
    """Which field holds the instruction."""
    KEEP_BAD_ROWS = auto()
    """Rows that cannot be used are kept as they are."""
    FIRST_METHOD_ONLY = auto()
    """No search for a better method."""
    GO_ON = auto()
    """Go on with a run that ended early."""
    CALL_BUDGET = auto()
    """How many model calls a run may make."""
    JUDGED = auto()
    """A model judges the answers."""
    PAST_PROMPTS = auto()
    """Where kept prompts are looked for."""


Words = Mapping[Knob, str]
"""What a surface calls each knob."""

LIBRARY_WORDS: Words = {
    Knob.INSTRUCTION_FIELD: "with the argument field",
    Knob.KEEP_BAD_ROWS: "with bad_rows='skip'",
    Knob.FIRST_METHOD_ONLY: "set steps to 0",
    Knob.GO_ON: "run it again with the same id",
    Knob.CALL_BUDGET: "in its budget",
    Knob.JUDGED: "let a model judge the answers (metric 'judge')",
    Knob.PAST_PROMPTS: "among the kept prompts",
}


@dataclass(frozen=True, slots=True)
class Fix:
    """``text`` says what to do, with ``{}`` once where a surface's words for ``knob`` belong."""

    text: str
    knob: Knob

    def said(self, words: Words) -> str:
        """Return the way out in a surface's words."""
        before, _, after = self.text.partition("{}")
        return f"{before}{words[self.knob]}{after}"
