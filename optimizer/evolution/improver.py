"""The optimizer model's part in a step: analyses of the batch, better methods, one paragraph for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from optimizer.control import Feedback
from optimizer.critique.replies import read_string
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.evolver import Evolved
from optimizer.evolution.replies import read_failed_cases
from optimizer.evolution.requests import (
    FailedRewriting,
    analyse_messages,
    improve_messages,
    summary_messages,
    trajectory_line,
)
from optimizer.model.asking_again import answer_read
from optimizer.model.ledger import Ledger
from optimizer.model.protocol import Message, Model, ModelRequest

T = TypeVar("T")
_PLAIN_SUMMARY_CHARS = 900


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One instruction of the batch: all its stages, the first being the original, and the last result."""

    stages: tuple[str, ...]
    result: Evolved


class Improver:
    """Finds what failed and writes better methods; ``position`` names the place in the run.

    A reply that stays unreadable after asking once more counts as no result, not as an error.
    """

    def __init__(self, model: Model, ledger: Ledger, config: EvolveConfig, goal: str) -> None:
        self._model, self._ledger, self._config, self._goal = model, ledger, config, goal

    async def analyse(
        self, method: str, batch: Sequence[Trajectory], position: str
    ) -> tuple[FailedRewriting, ...]:
        """Return the failed cases of ``batch``: those that the analysis names, and those a rule found."""
        lines = [
            trajectory_line(number, item.stages, item.result.response, _fault(item))
            for number, item in enumerate(batch, start=1)
        ]
        messages = analyse_messages(method, lines, self._goal)
        named = await self._ask(
            messages, "analyse", position, "failed", lambda reply: read_failed_cases(reply, len(batch))
        )
        reasons = dict(named or ())
        return tuple(
            FailedRewriting(
                case=number,
                reason=reasons.get(number) or _fault(item),
                before=item.stages[0],
                after=item.result.text,
            )
            for number, item in enumerate(batch, start=1)
            if number in reasons or item.result.failure is not None
        )

    async def improve(
        self,
        method: str,
        failures: Sequence[FailedRewriting],
        feedback: Sequence[Feedback],
        rejected: Sequence[str],
        position: str,
    ) -> str:
        """Return a method without these ``failures``; "" when the model gives none."""
        messages = improve_messages(method, failures, self._goal, feedback, rejected)
        found = await self._ask(
            messages, "improve-method", position, "methods", lambda reply: read_string(reply, "methods")
        )
        return found or ""

    async def summarise(self, reasons: Sequence[str], position: str) -> str:
        """Return one paragraph over all ``reasons``: "" for none, their plain list when the model gives none."""
        if len(reasons) < 2:
            return "".join(reasons)
        found = await self._ask(
            summary_messages(reasons, self._goal),
            "summarise",
            position,
            "summary",
            lambda reply: read_string(reply, "summary"),
        )
        return found or " ".join(reasons)[:_PLAIN_SUMMARY_CHARS]

    async def _ask(
        self,
        messages: tuple[Message, ...],
        purpose: str,
        position: str,
        key: str,
        read: Callable[[str], T | None],
    ) -> T | None:
        request = ModelRequest(
            messages=messages,
            temperature=self._config.optimizer_temperature,
            max_tokens=self._config.optimizer_max_tokens,
            position=position,
            purpose=purpose,
        )
        form = f'{{"{key}": …}} in valid JSON'
        return await answer_read(self._model, request, read, form, self._ledger)


def _fault(item: Trajectory) -> str:
    failure = item.result.failure
    return f"{failure.rule}: {failure.reason}" if failure else ""
