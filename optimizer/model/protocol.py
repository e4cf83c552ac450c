"""The one door to a language model: what goes in, what comes out, and who stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

FinishReason = Literal["stop", "length", "refusal", "other"]
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """Everything that decides an answer.

    ``position`` tells apart sampled calls (temperature > 0) with equal messages: it names the place
    in the run (round, parent, group …), never a counter of calls. ``seed`` is passed to the
    provider. ``purpose`` (task, critique, edit, paraphrase …) is for accounting only.
    """

    messages: tuple[Message, ...]
    temperature: float = 0.0
    max_tokens: int | None = None
    seed: int | None = None
    position: str = ""
    purpose: str = "task"


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A model's answer with its price. ``cost`` is in US dollars, None when the price is unknown."""

    text: str
    input_tokens: int
    output_tokens: int
    finish: FinishReason = "stop"
    cost: float | None = None


class Model(Protocol):
    """Answers one request.

    Raises a ``ModelError`` when there is no answer, ``BudgetExhausted`` when it may not be paid for.
    Must be safe to call many times at once from one event loop.
    """

    name: str

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the model's answer to ``request``."""
        ...


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An answer as it was paid for: by which run, for what, from which model.

    ``purpose`` is the request's, and ``purpose@part`` when a part of the run with its own account paid.
    """

    key: str
    run_id: str
    model: str
    purpose: str
    answer: ModelAnswer


class Journal(Protocol):
    """Remembers every paid answer under its content key."""

    def find(self, key: str) -> JournalEntry | None:
        """Return the entry recorded under ``key``, or None. Fast (called on the event loop)."""
        ...

    async def record(self, entry: JournalEntry) -> None:
        """Store ``entry``; when this returns, it survives ``kill -9``."""
        ...
