"""What changed on the held-out examples from the first prompt to the final one, example by example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from optimizer.evaluation import Judged
from optimizer.holdout_events import ChangedExample, ConfusionCount, HoldoutDetails

UNREADABLE = "(unparseable)"
"""Stands in a confusion for an answer that names no label."""

_MOST_CHANGED = 200
_EXCERPT = 300


def holdout_details(
    first: Sequence[Judged], second: Sequence[Judged], labels: Sequence[str]
) -> HoldoutDetails:
    """Compare two prompts' results on the same examples, in the same order.

    The confusion is empty for tasks without ``labels``. Changed examples are those whose score
    changed, lost ones first, then by row.
    """
    pairs = list(zip(first, second, strict=True))
    changed = [
        _changed(before, after) for before, after in pairs if before.outcome.score != after.outcome.score
    ]
    changed.sort(key=lambda item: (item.score_after > item.score_before, item.row))
    return HoldoutDetails(
        confusion=_confusion(first, second) if labels else (),
        changed=tuple(changed[:_MOST_CHANGED]),
        changed_total=len(changed),
    )


def answered_label(judged: Judged) -> str:
    """Return the label that an answer was read as."""
    if judged.outcome.status == "correct":
        return judged.example.expected
    return judged.outcome.understood if judged.outcome.status == "wrong" else UNREADABLE


def _confusion(first: Sequence[Judged], second: Sequence[Judged]) -> tuple[ConfusionCount, ...]:
    before = Counter((item.example.expected, answered_label(item)) for item in first)
    after = Counter((item.example.expected, answered_label(item)) for item in second)
    return tuple(
        ConfusionCount(expected, answered, before[expected, answered], after[expected, answered])
        for expected, answered in sorted(before.keys() | after.keys())
    )


def _changed(before: Judged, after: Judged) -> ChangedExample:
    worse = after if after.outcome.score < before.outcome.score else before
    return ChangedExample(
        row=before.example.row,
        input=_excerpt(before.example.shown),
        expected=_excerpt(before.example.expected),
        answer_before=_excerpt(before.answer),
        answer_after=_excerpt(after.answer),
        score_before=before.outcome.score,
        score_after=after.outcome.score,
        why=_excerpt(worse.outcome.explanation),
    )


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[: _EXCERPT - 1]}…"
