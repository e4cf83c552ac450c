"""Scoring prompts on examples: one table of (candidate, example) outcomes, filled on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.concurrently import together
from optimizer.errors import InputError, ModelRejectedRequest
from optimizer.languages.switch import language_switch
from optimizer.metrics.judged import AggregateMetric, AnyMetric, JudgedCase, JudgedMetric, calls_per_answer
from optimizer.metrics.outcome import Outcome, unparseable
from optimizer.model.ledger import Ledger
from optimizer.model.protocol import Model, ModelRequest
from optimizer.prompts.prompt import Prompt
from optimizer.task import Example

_ENOUGH_FAILURES = 5
"""When a metric fails on this many answers at once and on all of them, it is the metric that is wrong."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One example, the model's answer to it under some prompt, and what the metric says."""

    example: Example
    answer: str
    outcome: Outcome

    @property
    def is_wrong(self) -> bool:
        """Whether there is something to mend here: less than full score, and not the metric's own failure."""
        return self.outcome.score < 1.0 and self.outcome.status != "failed"


class Evaluator:
    """Asks the task model and judges its answers; every (prompt text, row) is asked once.

    ``judge`` answers for metrics that ask a model; ``first`` is the prompt that a pairwise judge
    compares with.
    """

    def __init__(
        self,
        model: Model,
        metric: AnyMetric,
        ledger: Ledger,
        *,
        temperature: float,
        max_tokens: int,
        judge: Model | None = None,
        first: Prompt | None = None,
    ) -> None:
        self._model = model
        self._judge_model = judge or model
        self._first = first
        self._metric = metric
        self._ledger = ledger
        self._temperature = temperature
        self._max_tokens = max_tokens
        self._table: dict[tuple[str, int], Judged] = {}

    @property
    def calls_each(self) -> int:
        """The most model calls that one new evaluation takes: the answer, and its judgement."""
        return 1 + calls_per_answer(self._metric)

    def new_calls(self, prompt: Prompt, examples: Sequence[Example]) -> int:
        """Return the most calls it takes to evaluate what is not in the table yet."""
        text = prompt.text
        return self.calls_each * sum((text, example.row) not in self._table for example in examples)

    def score(self, judged: Sequence[Judged]) -> float:
        """Return the score (0..1) over all of ``judged``: the metric's own aggregate, else the mean."""
        if isinstance(self._metric, AggregateMetric):
            expected = [item.example.expected for item in judged]
            return self._metric.aggregate(expected, [item.outcome for item in judged])
        return mean_score(judged)

    async def evaluate(self, prompt: Prompt, examples: Sequence[Example]) -> list[Judged]:
        """Judge ``prompt`` on ``examples``; results are in the order of the examples.

        Raises:
            ModelError, BudgetExhausted, RunCancelled: from the model's door.
            ModelRejectedRequest: the provider rejected every single one of these requests.
            InputError: the metric failed on every single one of several answers.
        """
        results = await together(self._judge(prompt, example) for example in examples)
        rejected = [judged for judged, error in results if error is not None]
        if results and len(rejected) == len(results):
            raise results[0][1] or ModelRejectedRequest("Every request was rejected.", "Check the prompt.")
        judged = [item for item, _ in results]
        if len(judged) >= _ENOUGH_FAILURES and all(item.outcome.status == "failed" for item in judged):
            raise InputError(
                f"The metric {self._metric.name!r} failed on every one of {len(judged)} answers: "
                f"{judged[0].outcome.explanation}",
                "Mend the metric, or choose another one.",
                field="metric",
            )
        return judged

    async def _judge(self, prompt: Prompt, example: Example) -> tuple[Judged, ModelRejectedRequest | None]:
        key = (prompt.text, example.row)
        known = self._table.get(key)
        if known is not None:
            return known, None
        try:
            answer = await self._answer(prompt, example)
        except ModelRejectedRequest as error:
            self._ledger.trouble("rejected request")
            return Judged(example, "", unparseable("", "available: the request was rejected")), error
        outcome = await self._outcome(prompt, example, answer)
        if outcome.status == "unparseable":
            self._ledger.trouble("unparseable answer")
            if language_switch(prompt.text, answer):
                self._ledger.trouble("answer in another language")
        elif outcome.status == "failed":
            self._ledger.trouble("failed metric")
        judged = Judged(example, answer, outcome)
        self._table[key] = judged
        return judged, None

    async def _answer(self, prompt: Prompt, example: Example) -> str:
        request = ModelRequest(
            messages=prompt.messages(example.fields),
            temperature=self._temperature,
            max_tokens=self._max_tokens,
            position=f"task/{example.row}",
        )
        return (await self._model.answer(request)).text

    async def _outcome(self, prompt: Prompt, example: Example, answer: str) -> Outcome:
        if not isinstance(self._metric, JudgedMetric):
            return self._metric.judge(example.expected, answer)
        first = self._first or prompt

        async def first_answer() -> str:
            try:
                return await self._answer(first, example)
            except ModelRejectedRequest:
                return ""

        case = JudgedCase(
            row=example.row,
            shown=example.shown,
            expected=example.expected,
            answer=answer,
            is_first=prompt.text == first.text,
            first_answer=first_answer,
        )
        return await self._metric.assess(case, self._judge_model)


def mean_score(judged: Sequence[Judged]) -> float:
    """Return the mean score (0..1); 0 for an empty list."""
    return sum(item.outcome.score for item in judged) / len(judged) if judged else 0.0


def count_unparseable(judged: Sequence[Judged]) -> int:
    """Return how many answers could not be read."""
    return sum(item.outcome.status == "unparseable" for item in judged)
