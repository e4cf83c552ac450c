"""What a shard came to, as the small file beside its part: counts of rows, and what was spent."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from optimizer.errors import InputError
from optimizer.evolution.cases import Failure
from optimizer.evolution.evolver import Evolved
from optimizer.evolution.tally import Tally
from optimizer.instructions.records import Instruction
from optimizer.model.ledger import Spent


@dataclass(frozen=True, slots=True)
class ShardCounts:
    """Counts and spending of one shard; ``size`` is the length of its part in bytes."""

    tally: Tally
    spent: Spent
    size: int = 0

    def to_json(self) -> bytes:
        """Return them as a JSON document."""
        fields = {
            "fates": dict(self.tally.fates),
            "failures": dict(self.tally.failures),
            "measured": [_evolved(item) for item in self.tally.measured],
            "spent": dataclasses.asdict(self.spent),
            "size": self.size,
        }
        return json.dumps(fields).encode()

    @classmethod
    def from_json(cls, content: bytes) -> ShardCounts:
        """Read what ``to_json`` wrote.

        Raises:
            InputError: it is something else.
        """
        try:
            fields: dict[str, Any] = json.loads(content)
            measured = [_read_evolved(item) for item in fields["measured"]]
            tally = Tally(Counter(fields["fates"]), Counter(fields["failures"]), measured)
            return cls(tally, Spent(**fields["spent"]), fields["size"])
        except (ValueError, KeyError, TypeError):
            raise InputError("The counts of a shard cannot be read.", "Start a new run.") from None


def _evolved(item: Evolved) -> dict[str, Any]:
    given = item.instruction
    return {
        "instruction": {"row": given.row, "text": given.text, "context": given.context},
        "text": item.text,
        "failure": dataclasses.asdict(item.failure) if item.failure else None,
    }


def _read_evolved(fields: dict[str, Any]) -> Evolved:
    failure = Failure(**fields["failure"]) if fields["failure"] else None
    return Evolved(Instruction(**fields["instruction"]), fields["text"], None, failure)
