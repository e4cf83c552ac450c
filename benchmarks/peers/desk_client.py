"""A peer's side of the desk: evaluations and proposals over pipes, nothing but the standard library."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TypedDict


class Row(TypedDict):
    """A search-side example: its number at the desk, the input, the expected answer."""

    row: int
    input: str
    expected: str


class Answered(TypedDict):
    """How a prompt did on one example."""

    row: int
    score: float
    answer: str


class BudgetSpentError(Exception):
    """The desk gives no more calls."""


class Desk:
    """Asks the benchmark for model calls; ``brief`` is what the peer is told at the start."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)  # what a library prints must not get among the messages
        self.brief: dict[str, Any] = json.loads(sys.stdin.readline())

    @property
    def prompt(self) -> str:
        """The first prompt."""
        return str(self.brief["prompt"])

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return int(self.brief["seed"])

    @property
    def rows(self) -> list[Row]:
        """The search side of the split, in its shared order."""
        return list(self.brief["rows"])

    def evaluate(self, pairs: list[tuple[str, int]]) -> list[Answered]:
        """Run (prompt, row) pairs, one task call each (none when that pair was asked before).

        Raises:
            BudgetSpentError: the budget does not pay for all of them.
        """
        return self._ask("evaluate", pairs)

    def propose(self, wanted: list[tuple[str, list[int], list[int]]]) -> list[str]:
        """Improve each prompt against its (wrong rows, right rows): a critique and an edit, two calls.

        Gives the prompt itself back when the proposer has no answer.
        """
        return self._ask("propose", wanted)

    def unite(self, pairs: list[tuple[str, str]]) -> list[str]:
        """Unite pairs of prompts, one call each."""
        return self._ask("unite", pairs)

    def paraphrase(self, prompt: str, count: int) -> list[str]:
        """Return ``count`` paraphrases of ``prompt``, one call each."""
        return self._ask("paraphrase", [prompt, count])

    def finish(self, prompt: str) -> None:
        """Hand in the final prompt."""
        self._send("finish", prompt)

    def _ask(self, what: str, data: Any) -> Any:
        self._send(what, data)
        reply = json.loads(sys.stdin.readline())
        if "stop" in reply:
            raise BudgetSpentError(reply["stop"])
        return reply["result"]

    def _send(self, what: str, data: Any) -> None:
        self._out.write(json.dumps([what, data]) + "\n")
        self._out.flush()
