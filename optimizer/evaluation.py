"""Scoring prompts on examples: one table of (candidate, example) outcomes, filled on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.concurrently import together
from optimizer.errors import ModelRejectedRequest
from optimizer.metrics.outcome import Metric, Outcome, unparseable
from optimizer.model.ledger import Ledger
from optimizer.model.protocol import Message, Model, ModelRequest
from optimizer.prompts.prompt import Prompt
from optimizer.task import Example


@dataclass(frozen=True, slots=True)
class Judged:
    """One example, the model's answer to it under some prompt, and what the metric says."""

    example: Example
    answer: str
    outcome: Outcome


class Evaluator:
    """Asks the task model and judges its answers; every (prompt text, row) is asked once."""

    def __init__(
        self, model: Model, metric: Metric, ledger: Ledger, *, temperature: float, max_tokens: int
    ) -> None:
        self._model = model
        self._metric = metric
        self._ledger = ledger
        self._temperature = temperature
        self._max_tokens = max_tokens
        self._table: dict[tuple[str, int], Judged] = {}

    def new_calls(self, prompt: Prompt, examples: Sequence[Example]) -> int:
        """Return how many of these evaluations are not in the table yet."""
        text = prompt.text
        return sum((text, example.row) not in self._table for example in examples)

    async def evaluate(self, prompt: Prompt, examples: Sequence[Example]) -> list[Judged]:
        """Judge ``prompt`` on ``examples``; results are in the order of the examples.

        Raises:
            ModelError, BudgetExhausted, RunCancelled: from the model's door.
            ModelRejectedRequest: the provider rejected every single one of these requests.
        """
        results = await together(self._judge(prompt, example) for example in examples)
        rejected = [judged for judged, error in results if error is not None]
        if results and len(rejected) == len(results):
            raise results[0][1] or ModelRejectedRequest("Every request was rejected.", "Check the prompt.")
        return [judged for judged, _ in results]

    async def _judge(self, prompt: Prompt, example: Example) -> tuple[Judged, ModelRejectedRequest | None]:
        key = (prompt.text, example.row)
        known = self._table.get(key)
        if known is not None:
            return known, None
        request = ModelRequest(
            messages=(Message("user", prompt.render(example.fields)),),
            temperature=self._temperature,
            max_tokens=self._max_tokens,
            position=f"task/{example.row}",
        )
        try:
            answer = await self._model.answer(request)
        except ModelRejectedRequest as error:
            self._ledger.trouble("rejected request")
            return Judged(example, "", unparseable("", "available: the request was rejected")), error
        outcome = self._metric.judge(example.expected, answer.text)
        if outcome.status == "unparseable":
            self._ledger.trouble("unparseable answer")
        judged = Judged(example, answer.text, outcome)
        self._table[key] = judged
        return judged, None


def mean_score(judged: Sequence[Judged]) -> float:
    """Return the mean score (0..1); 0 for an empty list."""
    return sum(item.outcome.score for item in judged) / len(judged) if judged else 0.0


def count_unparseable(judged: Sequence[Judged]) -> int:
    """Return how many answers could not be read."""
    return sum(item.outcome.status == "unparseable" for item in judged)
