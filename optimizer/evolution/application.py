"""Applying a method to every row of the data: streaming, in order, with a retry, and a checkpoint per row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from optimizer.errors import BudgetExhausted, ModelError
from optimizer.evolution.cases import Failure
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.evolver import Evolved, Evolver, calls_each
from optimizer.evolution.in_order import in_thread, work_in_order
from optimizer.evolution.measured import measuring_calls
from optimizer.evolution.methods import Method
from optimizer.evolution.requests import FailedAttempt
from optimizer.evolution.sampling import DataSample, why_unusable
from optimizer.evolution.tally import NO_BUDGET, Tally
from optimizer.instructions.records import EvolvedRow, EvolvedSink, Instruction, InstructionSource, Row
from optimizer.model.ledger import Ledger

NO_ANSWER = "no-answer"
_MOST_UNANSWERED = 5
"""When so many rows on end get no answer after all attempts, it is the provider and not the row."""
_WINDOW_PER_SLOT = 8
"""Rows begun per call in flight, so that a slow row does not hold up those behind it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which rows of the data are worked on, and what is asked of them.

    ``measured`` holds the numbers of the rows whose texts are kept for measuring. The first ``retried``
    usable rows of the whole data may be retried, None means all; ``usable_before`` is how many usable
    rows stand before the first row here.
    """

    source: InstructionSource
    measured: frozenset[int]
    retried: int | None = None
    usable_before: int = 0


@dataclass(slots=True)
class _Done:
    """A row's end; ``result`` is None for an unusable one, ``error`` says that there was no answer."""

    row: EvolvedRow
    result: Evolved | None = None
    error: ModelError | None = None


class Application:
    """One pass over the rows of a stretch. ``on_rows`` is told how many rows are done.

    A row that fails is evolved once more, with the fault in view and sampled, and is else kept in its
    original form. So is one that gets no answer after all attempts, once a later row got one: a row
    that the provider always fails on holds nothing up, and a provider that is down spoils no row. Rows
    that ``sink`` has already go the same way, their answers coming from the journal, and are not
    written again: so the counts are those of an undisturbed run.
    """

    def __init__(
        self,
        evolver: Evolver,
        config: EvolveConfig,
        method: Method,
        stretch: Stretch,
        sink: EvolvedSink,
        *,
        concurrency: int,
        on_rows: Callable[[int], None],
    ) -> None:
        self._evolver, self._config, self._method = evolver, config, method
        self._stretch, self._sink = stretch, sink
        self._window = _WINDOW_PER_SLOT * concurrency
        self._on_rows = on_rows
        self._written = sink.written
        self._tally = Tally()
        self._held: list[_Done] = []
        self._unanswered = 0

    async def run(self) -> Tally:
        """Apply the method to all rows.

        Raises:
            ModelError, RunCancelled: from the models' doors; what is written stays written.
            InputError: the data cannot be read further.
        """
        await work_in_order(self._numbered(), self._apply, self._take, self._window)
        if self._held and not self._tally.fates.keys() & {"evolved", "kept"}:
            raise next(item.error for item in self._held if item.error is not None)
        await self._settle(self._held)
        return self._tally

    def _numbered(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows with how many usable ones were before each."""
        usable = self._stretch.usable_before
        for row in self._stretch.source.rows():
            yield usable, row
            usable += not why_unusable(row, self._config.max_instruction_chars)

    async def _apply(self, numbered: tuple[int, Row]) -> _Done:
        number, row = numbered
        why = why_unusable(row, self._config.max_instruction_chars)
        if why or not isinstance(row, Instruction):
            text, response = (row.text, row.response) if isinstance(row, Instruction) else ("", "")
            return _Done(EvolvedRow(row, "unusable", text, response, why))
        error: ModelError | None = None
        try:
            retried = self._stretch.retried
            result = await self._evolved(row, may_retry=retried is None or number < retried)
        except ModelError as raised:
            if not raised.retryable:
                raise
            result, error = Evolved(row, "", None, Failure(NO_ANSWER, raised.message)), raised
        if result.failure is not None:
            failure = f"{result.failure.rule}: {result.failure.reason}"
            return _Done(EvolvedRow(row, "kept", row.text, row.response, failure), result, error)
        return _Done(EvolvedRow(row, "evolved", result.text, result.response or ""), result)

    async def _evolved(self, row: Instruction, *, may_retry: bool) -> Evolved:
        answered = self._config.answers
        try:
            result = await self._evolver.evolve(self._method, row, answered=answered)
        except BudgetExhausted:
            return Evolved(row, "", None, NO_BUDGET)
        if result.failure is None or not may_retry:
            return result
        failed = FailedAttempt(result.text, result.failure.reason)
        try:
            return await self._evolver.evolve(self._method, row, answered=answered, failed=failed)
        except BudgetExhausted:
            return result

    async def _take(self, done: list[_Done]) -> None:
        """Take rows in order; one without an answer, and what is behind it, waits until a row got one."""
        settled: list[_Done] = []
        for item in done:
            self._held.append(item)
            if item.error is not None:
                self._unanswered += 1
                if self._unanswered >= _MOST_UNANSWERED:
                    await self._settle(settled)
                    raise item.error
            elif item.result is not None or not self._unanswered:
                self._unanswered = 0
                settled.extend(self._held)
                self._held = []
        await self._settle(settled)

    async def _settle(self, done: list[_Done]) -> None:
        """Count these rows, and write those that the sink does not have yet."""
        tally = self._tally
        new = []
        for item in done:
            tally.count(item.row.fate, item.result, self._stretch.measured)
            if tally.rows > self._written:
                new.append(item.row)
        if new:
            await in_thread(lambda: _write_all(self._sink, new))
        self._on_rows(tally.rows)


def rows_to_retry(config: EvolveConfig, ledger: Ledger, sample: DataSample) -> int | None:
    """Return how many usable rows, from the first, may be retried; None for all of them.

    Decided before the application from what a budget in calls leaves, so that it does not hang on
    which call ends first. Budgets in tokens or money are met as they run out.
    """
    limit = config.budget.calls
    if limit is None:
        return None
    each = calls_each(config, answered=config.answers)
    usable = sample.rows - sample.unusable
    needed = usable * each + measuring_calls(config, usable)
    return max(0, limit - ledger.spent_calls - needed) // each


def _write_all(sink: EvolvedSink, rows: list[EvolvedRow]) -> None:
    for row in rows:
        sink.write(row)
