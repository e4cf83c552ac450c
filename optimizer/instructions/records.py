"""What flows when instruction data is evolved: rows as read, rows as written, and who gives and takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

Shape = Literal["alpaca", "sharegpt", "openai", "plain"]
"""How a row holds its instruction: Alpaca fields, ShareGPT conversations, OpenAI messages, one named column."""

Fate = Literal["evolved", "kept", "unusable"]
"""What became of a row: evolved; kept in its original form after failing twice; not usable as it came."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One usable row. ``row`` is 1-based, a header not counted; ``original`` is the row as it was read.

    ``context`` is Alpaca's ``input``; ``response`` the answer that came with the row. Both may be "".
    """

    row: int
    text: str
    context: str = ""
    response: str = ""
    original: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class UnusableRow:
    """A row without a usable instruction: ``why`` names what is missing, ``original`` is what was read."""

    row: int
    why: str
    original: Mapping[str, Any] = field(default_factory=dict, hash=False)


Row: TypeAlias = Instruction | UnusableRow


class InstructionSource(Protocol):
    """Instruction data that can be read again and again, never all at once."""

    name: str
    shape: Shape
    notes: tuple[str, ...]
    """Sentences for people about rows that cannot be used, found when the data was opened."""

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Yield the rows after number ``after``, in order. Blocks while it reads.

        Raises:
            InputError: the file breaks off or cannot be read further; names the row.
        """
        ...


@dataclass(frozen=True, slots=True)
class EvolvedRow:
    """One row of the result; there is one for every input row, in the same order.

    ``text`` and ``response`` are what a fine-tuning tool should get: evolved, or original when
    ``fate`` is *kept*. ``failure`` says in a sentence why a row was kept or is unusable.
    """

    source: Row
    fate: Fate
    text: str
    response: str
    failure: str = ""


class EvolvedSink(Protocol):
    """Takes the rows of the result in order and makes them durable; also the checkpoint of an application."""

    @property
    def written(self) -> int:
        """Rows that are durable already, from an earlier attempt too."""
        ...

    def write(self, row: EvolvedRow) -> None:
        """Append ``row``. Blocks while it writes."""
        ...
