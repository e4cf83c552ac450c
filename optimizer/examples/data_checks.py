"""What a person should know about the examples before a run: repeats, conflicts, rare labels."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from optimizer.counted import counted

FEWEST_PER_LABEL = 5
"""Below this a label's own score says next to nothing."""
FEWEST_TO_SEARCH = 40
_COARSE_TEST = 0.15

Inputs = tuple[tuple[str, str], ...]


def input_key(inputs: Inputs) -> str:
    """Return what two inputs share that differ only in case, spacing, or punctuation at their edges."""
    folded = (
        unicodedata.normalize("NFKC", value).casefold().strip(" \t\r\n.,;:!?\"'") for _, value in inputs
    )
    return "\0".join(" ".join(value.split()) for value in folded)


def data_warnings(examples: Sequence[tuple[Inputs, str]], *, labelled: bool) -> tuple[str, ...]:
    """Say in plain sentences what is odd about the (inputs, expected answer) pairs.

    ``labelled`` tells that the expected answers are labels out of a small set.
    """
    seen: dict[str, set[str]] = {}
    exact: dict[str, set[Inputs]] = {}
    repeated = 0
    for inputs, expected in examples:
        key = input_key(inputs)
        answers = seen.setdefault(key, set())
        repeated += bool(exact.get(key))
        answers.add(expected)
        exact.setdefault(key, set()).add(inputs)
    conflicts = sum(len(answers) > 1 for answers in seen.values())
    near = sum(len(spellings) > 1 for spellings in exact.values())
    warnings = []
    if conflicts:
        warnings.append(
            f"{counted(conflicts, 'input')} with different expected answers; no prompt can get both right."
        )
    if repeated:
        alike = f" ({near} of them in another spelling)" if near else ""
        warnings.append(
            f"{counted(repeated, 'row')} with an earlier input again{alike}; "
            "repeats are kept on one side of the split."
        )
    if labelled:
        warnings.extend(_rare_labels([expected for _, expected in examples]))
    return tuple(warnings)


def split_warnings(
    search: Sequence[str], holdout: Sequence[str], *, labelled: bool, smallest_effect: float
) -> tuple[str, ...]:
    """Say what the split of these expected answers cannot show."""
    warnings = []
    if len(search) < FEWEST_TO_SEARCH:
        warnings.append(
            f"Only {len(search)} examples are left to search with: scores during the search are rough, and a "
            "prompt may fit them by luck. Only the final test counts."
        )
    if smallest_effect > _COARSE_TEST:
        warnings.append(
            f"With {len(holdout)} held-out examples only a difference of {smallest_effect:.0%} or more can be "
            "shown. More examples give a clearer verdict."
        )
    missing = sorted(set(search) - set(holdout)) if labelled else []
    if missing:
        warnings.append(f"No held-out example has the label {', '.join(missing[:5])}: it stays untested.")
    return tuple(warnings)


def _rare_labels(expected: Sequence[str]) -> list[str]:
    rare = [(label, n) for label, n in sorted(Counter(expected).items()) if n < FEWEST_PER_LABEL]
    if not rare:
        return []
    shown = ", ".join(f"{label} ({n})" for label, n in rare[:6]) + (" …" if len(rare) > 6 else "")
    return [f"Labels with fewer than {FEWEST_PER_LABEL} examples can hardly be judged or learned: {shown}."]
