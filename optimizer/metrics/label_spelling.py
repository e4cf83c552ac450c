"""One spelling for each label: tables that several people filled in write the same label in several ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from optimizer.counted import counted
from optimizer.metrics.answers import bare

_MOST_TOLD = 5


def usual_spellings(expected: Sequence[str]) -> Mapping[str, str]:
    """Map every label that is not spelled as usual to its usual spelling; empty when there is none.

    Two labels are one when answers cannot tell them apart: when they differ only in case, inner spaces
    or punctuation at the edges. The usual spelling is the most frequent one, the first by letter of
    equally frequent ones.
    """
    counts = Counter(text.strip() for text in expected)
    by_bare: dict[str, list[str]] = {}
    for label in sorted(counts, key=lambda label: (-counts[label], label)):
        by_bare.setdefault(bare(label) or label, []).append(label)
    return {other: usual for usual, *others in by_bare.values() for other in others}


def spelling_notes(expected: Sequence[str], usual: Mapping[str, str]) -> tuple[str, ...]:
    """Say which spellings of ``expected`` count as which label."""
    if not usual:
        return ()
    counts = Counter(text.strip() for text in expected)
    told = [f"{other!r} ({counted(counts[other], 'row')}) as {usual[other]!r}" for other in sorted(usual)]
    more = " …" if len(told) > _MOST_TOLD else ""
    return (f"Labels in another spelling count as one: {', '.join(told[:_MOST_TOLD])}{more}.",)
