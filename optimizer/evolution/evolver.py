"""Evolving single instructions and finding out whether that failed: evolve, check, answer, check, judge."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from optimizer.concurrently import together
from optimizer.errors import ModelRejectedRequest
from optimizer.evolution.cases import EvolutionCase, Failure
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.events import FailureCount
from optimizer.evolution.evol_instruct import rules_for
from optimizer.evolution.failures import early_failure, find_failure
from optimizer.evolution.methods import Method
from optimizer.evolution.replies import read_evolved
from optimizer.evolution.requests import FailedAttempt, answer_messages, evolve_messages
from optimizer.evolution.sampling import shown
from optimizer.instructions.records import Instruction
from optimizer.metrics.judge_calls import Verdict, ask_judge, judge_messages, read_judgement
from optimizer.model.ledger import Ledger
from optimizer.model.protocol import Model, ModelRequest
from optimizer.model.troubles import Trouble
from optimizer.prompts.rules import fingerprint
from optimizer.seeds import generator

NO_EVOLVED = Failure("no evolved instruction", "The reply does not end with an evolved instruction.")
REJECTED = Failure("rejected request", "The model's server rejected the request.")
UNREADABLE_JUDGE: Trouble = "unreadable judge"
_RETRY_TEMPERATURE = 0.7
"""A retry is sampled at least so hot, and shows what was wrong, so that it does not repeat itself."""
JUDGE_CALLS = 2
"""The most calls of one judgement: an unreadable one is asked for once more."""


@dataclass(frozen=True, slots=True)
class Evolved:
    """What came of one instruction. ``text`` is "" when there is none; ``response`` None when not asked for."""

    instruction: Instruction
    text: str
    response: str | None
    failure: Failure | None


class Evolver:
    """Asks the evolving, answering and judging models, each through its own door.

    ``evolve_model`` rewrites, ``answer_model`` answers what was rewritten, ``judge_model`` decides by
    ``config.judge``, if that is given. Every (method, instruction) is measured once.
    """

    def __init__(
        self,
        evolve_model: Model,
        answer_model: Model,
        judge_model: Model,
        ledger: Ledger,
        config: EvolveConfig,
    ) -> None:
        self._evolve_model = evolve_model
        self._answer_model = answer_model
        self._judge_model = judge_model
        self._ledger = ledger
        self._config = config
        self._table: dict[tuple[str, int], Evolved] = {}

    async def measure(self, method: Method, instructions: Sequence[Instruction]) -> list[Evolved]:
        """Evolve each instruction once and judge it by its answer too; in the order given, from the table.

        Raises:
            ModelError, BudgetExhausted, RunCancelled: from the models' doors.
        """
        return await together(self._measured(method, item) for item in instructions)

    async def _measured(self, method: Method, instruction: Instruction) -> Evolved:
        key = (method.text, instruction.row)
        if key not in self._table:
            self._table[key] = await self.evolve(method, instruction, answered=True)
        return self._table[key]

    async def trajectory(
        self, method: Method, instruction: Instruction, rounds: int
    ) -> tuple[tuple[str, ...], Evolved]:
        """Evolve ``instruction`` ``rounds`` times, each time further; return all stages and the last result.

        It stops early at a failure. Only the last stage's answer is asked for: a failure that can be
        seen without one needs none.
        """
        current, stages = instruction, [shown(instruction)]
        for number in range(1, rounds + 1):
            result = await self.evolve(method, current, answered=number == rounds)
            if result.text:
                stages.append(result.text)
            if result.failure is not None:
                break
            current = Instruction(instruction.row, result.text)
        return tuple(stages), replace(result, instruction=instruction)

    async def evolve(
        self,
        method: Method,
        instruction: Instruction,
        *,
        answered: bool,
        failed: FailedAttempt | None = None,
    ) -> Evolved:
        """Evolve ``instruction`` once. An answer is paid for only when no rule speaks against it before.

        ``failed`` asks for another way than the attempt that failed. Without ``answered`` the rules
        that need a response have no say.
        """
        used = _method_of(method, instruction, self._config.seed)
        text, trouble = await self._rewritten(used, instruction, failed)
        case, rules = EvolutionCase(shown(instruction), text, used), rules_for(used)
        failure = trouble or early_failure(case, rules) or (None if text else NO_EVOLVED)
        response: str | None = None
        if failure is None and answered:
            response, failure = await self._answered(text)
            failure = failure or find_failure(EvolutionCase(case.original, text, case.method, response or ""))
        if failure is None and self._config.judge:
            failure = await self._judged(case, instruction.row)
        return Evolved(instruction, text, response, failure)

    async def _rewritten(
        self, method: str, instruction: Instruction, failed: FailedAttempt | None
    ) -> tuple[str, Failure | None]:
        temperature = self._config.evolve_temperature
        again = "/again" if failed else ""
        request = ModelRequest(
            messages=evolve_messages(method, instruction.text, instruction.context, failed),
            temperature=max(temperature, _RETRY_TEMPERATURE) if failed else temperature,
            max_tokens=self._config.evolve_max_tokens,
            position=f"evolve/{_digest(method)}/{instruction.row}/{_digest(shown(instruction))}{again}",
            purpose="evolve",
        )
        try:
            answer = await self._evolve_model.answer(request)
        except ModelRejectedRequest:
            self._ledger.trouble("rejected request")
            return "", REJECTED
        return read_evolved(answer.text), None

    async def _answered(self, evolved: str) -> tuple[str, Failure | None]:
        request = ModelRequest(
            messages=answer_messages(evolved),
            temperature=self._config.answer_temperature,
            max_tokens=self._config.answer_max_tokens,
            position=f"answer/{_digest(evolved)}",
            purpose="answer",
        )
        try:
            return (await self._answer_model.answer(request)).text, None
        except ModelRejectedRequest:
            self._ledger.trouble("rejected request")
            return "", REJECTED

    async def _judged(self, case: EvolutionCase, row: int) -> Failure | None:
        verdict = await self.judge(case.original, case.evolved, row)
        if verdict is None:
            self._ledger.trouble(UNREADABLE_JUDGE)
            return None
        return None if verdict.score >= 1 else Failure("judge", verdict.reason or "The judge refused it.")

    async def judge(self, original: str, evolved: str, row: int) -> Verdict | None:
        """Return what the judging model says of ``evolved`` by the criteria; None when that is unreadable."""
        messages = judge_messages(self._config.judge, {"input": original, "answer": evolved})
        position = f"judge/{row}/{_digest(evolved)}"
        return await ask_judge(self._judge_model, messages, position, read_judgement)


def calls_each(config: EvolveConfig, *, answered: bool) -> int:
    """Return the most calls that evolving one instruction once takes."""
    return 1 + answered + (JUDGE_CALLS if config.judge else 0)


def count_failed(results: Iterable[Evolved]) -> int:
    """Return how many evolutions failed."""
    return sum(item.failure is not None for item in results)


def count_failures(results: Iterable[Evolved]) -> tuple[FailureCount, ...]:
    """Return the failures by rule, the most frequent first."""
    return ranked(Counter(item.failure.rule for item in results if item.failure is not None))


def ranked(counts: Counter[str]) -> tuple[FailureCount, ...]:
    """Return counts by rule, the highest first, equal ones by name."""
    return tuple(
        FailureCount(rule, count)
        for rule, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _method_of(method: Method, instruction: Instruction, seed: int) -> str:
    """Return the method's text, or the operator that is drawn for this instruction."""
    if not method.operators:
        return method.text
    return generator(seed, "operator", fingerprint(shown(instruction))).choice(method.operators)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
