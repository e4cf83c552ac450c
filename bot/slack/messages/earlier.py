"""The one reply that holds the earlier rounds of a long run, a line each, and the window that shows one again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.blocks import Block, Message, context, message, plain, section, window
from bot.slack.escaping import Markup, join, markup
from optimizer.counted import counted

READ_AGAIN = "steps.read"
MOST_LINES = 40
_MOST_CHOICES = 100
_LINES_A_BLOCK = 10


@dataclass(frozen=True, slots=True)
class Step:
    """An earlier round (or step) with its figure, in one line."""

    number: int
    line: Markup


def earlier_steps(run_id: str, unit: str, steps: Sequence[Step]) -> Message:
    """Draw the earlier ``steps`` (oldest first), with a menu that shows one of them again.

    ``unit`` is what the kind of run calls them (round, step).
    """
    title = markup("*Earlier {unit}s* ({n})", unit=unit, n=len(steps))
    blocks: list[Block] = [section(title, _menu(run_id, unit, steps))]
    hidden = len(steps) - MOST_LINES
    if hidden > 0:
        blocks.append(context(markup("{n} before these are in the menu.", n=counted(hidden, unit))))
    shown = steps[-MOST_LINES:]
    for at in range(0, len(shown), _LINES_A_BLOCK):
        blocks.append(section(join([step.line for step in shown[at : at + _LINES_A_BLOCK]], "\n")))
    return message(markup("Earlier {unit}s, up to {n}", unit=unit, n=steps[-1].number), blocks)


def _menu(run_id: str, unit: str, steps: Sequence[Step]) -> Block:
    return {
        "type": "static_select",
        "action_id": READ_AGAIN,
        "placeholder": plain("Read one again…", 150),
        "options": [
            {"text": plain(f"{unit.capitalize()} {step.number}", 75), "value": f"{run_id} {step.number}"}
            for step in steps[-_MOST_CHOICES:]
        ],
    }


def step_window(unit: str, number: int, reply: Message) -> Block:
    """Show what was told about one round, in whole."""
    return window(f"{unit.capitalize()} {number:,}", reply.blocks)
