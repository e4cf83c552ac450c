"""Evolve: a reply that follows a method's steps and ends with the rewritten instruction."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.model.dice import Dice
from sandbox.model.evolving.guidance import MethodReading, read_method
from sandbox.model.evolving.languages import language_of
from sandbox.model.evolving.lapses import Attempt, lapse_of
from sandbox.model.evolving.rewriting import rewrite
from sandbox.model.evolving.spoiling import spoilt

_OPERATION_WORDS = {
    "constraints": "one more condition",
    "deepen": "a deeper question",
    "concretise": "a concrete case",
    "reasoning": "more steps of reasoning",
    "input": "richer input",
    "breadth": "a rarer task of the field",
}


def write_evolution(blocks: Mapping[str, str], draw: tuple[object, ...], server_seed: int) -> str:
    """Return the reply to a ``Job: evolve`` request, taken apart into its blocks."""
    method, instruction = blocks.get("method", ""), blocks.get("instruction", "").strip()
    context = blocks.get("context", "").strip()
    reading = read_method(method)
    again = "failed" in blocks
    attempt = Attempt(instruction, context, language_of(instruction), again, server_seed, draw)
    dice = Dice("evolve", server_seed, instruction, context, reading.digest, again, *draw)
    lapse = lapse_of(reading, attempt)
    worded = lapse and lapse != "no block"
    evolved = spoilt(lapse, reading, method, attempt, dice) if worded else rewrite(reading, attempt, dice)
    notes = _notes(reading, dice)
    if lapse == "no block":
        return f"{notes}\n\nThe instruction now reads: {evolved}"
    return f"{notes}\n\n<evolved>\n{evolved}\n</evolved>"


def _notes(reading: MethodReading, dice: Dice) -> str:
    """What the steps before the last one gave."""
    ways = [_OPERATION_WORDS[name] for name in reading.operations] or ["whatever makes it more demanding"]
    lines = [f"Step 1: {'; '.join(ways)}."]
    if reading.steps > 2:
        lines.append(f"Step 2: I take {dice.pick(ways)} and fit it to the instruction.")
    if "review" in reading.guided:
        lines.append("Review: I read it once more before I gave it back.")
    return "\n".join(lines)
