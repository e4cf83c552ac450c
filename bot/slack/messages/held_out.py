"""What is behind the verdict: label by label, and examples that the new prompt lost."""

from __future__ import annotations

from collections.abc import Sequence

from bot.short_pairs import short_pair
from bot.slack.blocks import Block, Message, message, paragraph, preformatted, quote, rich, section, words
from bot.slack.escaping import Markup, markup, one_line
from optimizer.holdout_events import ChangedExample, ConfusionCount, HoldoutDetails

MAX_LABELS = 15
MAX_LOST = 3
_TABLE = 2_000


def behind_the_verdict(event: HoldoutDetails) -> Message | None:
    """Draw the details of the final test; None when there is nothing to tell."""
    blocks: list[Block] = []
    if event.confusion:
        table = preformatted(_by_label(event.confusion), _TABLE)
        blocks.append(rich(paragraph(words("Right answers, label by label", bold=True)), table))
    lost = [example for example in event.changed if example.score_after < example.score_before]
    if lost:
        quotes = [_lost(example) for example in lost[:MAX_LOST]]
        blocks.append(rich(paragraph(words("What only the first prompt got right", bold=True)), *quotes))
        if len(lost) > MAX_LOST:
            blocks.append(section(markup("… and {n} more, all in report.json.", n=len(lost) - MAX_LOST)))
    if not blocks:
        return None
    title = Markup("*The final test in detail*")
    return message(Markup("The final test in detail"), [section(title), *blocks])


def _by_label(confusion: Sequence[ConfusionCount]) -> str:
    labels = list(dict.fromkeys(cell.expected for cell in confusion))
    width = max(len(one_line(label, 30)) for label in labels)
    lines = [f"{'':<{width}}  first  new  of"]
    for label in labels[:MAX_LABELS]:
        cells = [cell for cell in confusion if cell.expected == label]
        first, final = (
            sum(getattr(cell, side) for cell in cells if cell.answered == label)
            for side in ("first", "final")
        )
        total = sum(cell.final for cell in cells)
        lines.append(f"{one_line(label, 30):<{width}}  {first:>5}  {final:>3}  {total:>2}")
    if len(labels) > MAX_LABELS:
        lines.append(f"… {len(labels) - MAX_LABELS} more labels")
    return "\n".join(lines)


def _lost(example: ChangedExample) -> Block:
    before, after = short_pair(example.answer_before, example.answer_after, 60)
    return quote(
        f"{one_line(example.input, 200)}\n"
        f"expected {one_line(example.expected, 60)} — was {one_line(before, 60)}, now {one_line(after, 60)}",
        420,
    )
