"""The instruction data of the evolution benchmark: public rows, and made-up ones without end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.tasks import SHARED
from optimizer.instructions.open import open_instructions
from optimizer.instructions.records import Instruction, InstructionSource

_VERBS = ("Explain", "Compare", "Summarise", "Describe", "List the uses of", "Name three risks of")
_THINGS = (
    "a steam engine",
    "photosynthesis",
    "compound interest",
    "the water cycle",
    "a hash table",
    "rhyme",
)


def public_data() -> dict[str, InstructionSource]:
    """Return the Alpaca seed tasks (175 rows) and GSM8K's questions (500 train rows)."""
    files = (
        ("Alpaca seed tasks", "alpaca/seed_tasks.jsonl", ""),
        ("GSM8K", "gsm8k/train-500.jsonl", "question"),
    )
    return {name: open_instructions(name, SHARED / Path(path), field=field) for name, path, field in files}


class MadeUpRows:
    """``count`` different instructions, made while they are read. Implements ``InstructionSource``."""

    name, shape, notes = "made-up rows", "plain", ()

    def __init__(self, count: int) -> None:
        self._count = count

    def rows(self, after: int = 0) -> Iterator[Instruction]:
        """Yield the rows after number ``after``."""
        for number in range(after + 1, self._count + 1):
            verb, thing = _VERBS[number % len(_VERBS)], _THINGS[number // 7 % len(_THINGS)]
            text = f"{verb} {thing} to reader {number} in about {20 + number % 60} words."
            yield Instruction(number, text, original={"instruction": text})
