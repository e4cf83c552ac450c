"""What is behind the verdict, in a few lines: each label before and after, and examples that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.short_pairs import short_pair
from optimizer.holdout_events import ChangedExample, ConfusionCount, HoldoutDetails

_MOST_LABELS = 12
_SHOWN_EACH = 3
_ANSWER_CHARS = 60


def holdout_lines(details: HoldoutDetails) -> list[str]:
    """Return plain lines (no markup): one for each label, then some lost and some won examples."""
    lines = _label_lines(details.confusion)
    lost = [item for item in details.changed if item.score_after < item.score_before]
    won = [item for item in details.changed if item.score_after > item.score_before]
    for name, items in (("Lost", lost), ("Won", won)):
        if items:
            lines.append(f"{name}: {len(items)} examples.")
            lines.extend(_example_line(item) for item in items[:_SHOWN_EACH])
    return lines


def _label_lines(confusion: Sequence[ConfusionCount]) -> list[str]:
    total: Counter[str] = Counter()
    right: dict[str, tuple[int, int]] = {}
    taken_for: dict[str, ConfusionCount] = {}
    for cell in confusion:
        total[cell.expected] += cell.final
        if cell.answered == cell.expected:
            right[cell.expected] = (cell.first, cell.final)
        elif cell.final and cell.final > getattr(taken_for.get(cell.expected), "final", 0):
            taken_for[cell.expected] = cell
    labels = sorted(total, key=lambda label: (-total[label], label))
    lines = []
    for label in labels[:_MOST_LABELS]:
        before, after = right.get(label, (0, 0))
        line = f"  {label}: {before} → {after} of {total[label]} right"
        worst = taken_for.get(label)
        lines.append(f"{line}; now also taken for {worst.answered} ({worst.final})" if worst else line)
    if len(labels) > _MOST_LABELS:
        lines.append(f"  … and {len(labels) - _MOST_LABELS} labels more, in the report")
    return ["Label by label, held out:", *lines] if lines else []


def _example_line(item: ChangedExample) -> str:
    expected = f", expected {_short(item.expected, 40)}" if item.expected else ""
    why = f" ({_short(item.why, 100)})" if item.why else ""
    before, after = short_pair(item.answer_before, item.answer_after, _ANSWER_CHARS)
    return f"  row {item.row} “{_short(item.input, 60)}”{expected}: {before} → {after}{why}"


def _short(text: str, most: int) -> str:
    return (text if len(text) <= most else f"{text[: most - 1]}…") or "(empty)"
