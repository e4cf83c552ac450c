"""Demonstrations (few-shot examples) inside a prompt: a block that is written and read back to the letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

OPENING, CLOSING = "<examples>", "</examples>"
_BLOCK = re.compile(rf"^{OPENING}\n(.*?)\n{CLOSING}$", re.MULTILINE | re.DOTALL)
_INPUT, _ANSWER, _INDENT = "Input: ", "Answer: ", "  "


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A solved example that the prompt shows to the model. Surrounding white space is dropped."""

    input: str
    expected: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "input", self.input.strip())
        object.__setattr__(self, "expected", self.expected.strip())


class ShownExample(Protocol):
    """What is needed of an example to show it; ``optimizer.task.Example`` has it."""

    @property
    def shown(self) -> str:
        """The input as one text."""

    @property
    def expected(self) -> str:
        """The expected answer."""


def demonstrations_from(examples: Sequence[ShownExample]) -> tuple[Demonstration, ...]:
    """Turn examples into demonstrations, each once. Give examples of the search pool only."""
    return tuple(dict.fromkeys(Demonstration(item.shown, item.expected) for item in examples))


def write_block(demonstrations: Sequence[Demonstration]) -> str:
    """Return the block. Lines after the first of a text are indented, so that no text can end the block."""
    entries = (
        f"{_INPUT}{_indented(item.input)}\n{_ANSWER}{_indented(item.expected)}" for item in demonstrations
    )
    return "\n".join((OPENING, "\n\n".join(entries), CLOSING))


def find_block(text: str) -> tuple[tuple[int, int], tuple[Demonstration, ...]] | None:
    """Return the span of the first block that ``write_block`` could have written, and what it shows."""
    last = text.rfind(f"\n{CLOSING}")
    for match in _BLOCK.finditer(text, 0, last + len(CLOSING) + 1) if last > 0 else ():
        found = tuple(_read_entry(entry) for entry in match[1].split("\n\n"))
        complete = tuple(item for item in found if item is not None)
        if len(complete) == len(found) and write_block(complete) == match[0]:
            return match.span(), complete
    return None


def _read_entry(entry: str) -> Demonstration | None:
    shown, answer, expected = entry.partition(f"\n{_ANSWER}")
    if not shown.startswith(_INPUT) or not answer:
        return None
    return Demonstration(_outdented(shown.removeprefix(_INPUT)), _outdented(expected))


def _indented(text: str) -> str:
    return text.replace("\n", f"\n{_INDENT}")


def _outdented(text: str) -> str:
    return text.replace(f"\n{_INDENT}", "\n")
