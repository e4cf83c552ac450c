"""Evolved instructions that grew out of hand."""

from __future__ import annotations

from collections import Counter

from optimizer.evolution.cases import EvolutionCase
from optimizer.languages.words import words_of

MOST_TIMES = 4
FREE_CHARACTERS = 1_500
FREE_LINES = 30
REPEATED_RUN = 6
FEW_WORDS = 60
MOST_REPEATED = 0.5


class Runaway:
    """The evolved instruction is far longer than the original, or says the same again and again.

    Source: h2o-wizardlm's limits on lines and list items, and e0 of the paper, which allows 10 to 20 added
    words; the limit here is wide (four times the original and 1,500 characters more), because a good
    evolution may bring a table or a piece of code along.
    """

    name = "runaway"
    needs_response = False

    def why(self, case: EvolutionCase) -> str | None:
        """Compare lengths and lines, then look for repetition that the original has not."""
        limit = MOST_TIMES * len(case.original) + FREE_CHARACTERS
        if len(case.evolved) > limit:
            return f"The evolved instruction ran away: {len(case.evolved)} characters where {limit} would do."
        lines = case.evolved.count("\n")
        if lines > MOST_TIMES * case.original.count("\n") + FREE_LINES:
            return f"The evolved instruction ran away: it has {lines + 1} lines."
        if _repeated(case.evolved) > max(MOST_REPEATED, _repeated(case.original)):
            return "The evolved instruction repeats itself again and again."
        return None


def _repeated(text: str) -> float:
    """Return the share of runs of six words that stood in the text before."""
    words = words_of(text)
    if len(words) < FEW_WORDS:
        return 0.0
    runs = Counter(zip(*(words[start:] for start in range(REPEATED_RUN)), strict=False))
    return 1 - len(runs) / runs.total()
