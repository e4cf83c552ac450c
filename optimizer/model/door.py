"""The door every model call goes through: journal, budget, throttle, retries, accounting."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from optimizer.control import RunControl
from optimizer.errors import (
    ModelError,
    ModelOverloaded,
    ModelRateLimited,
    ModelTimeout,
    ModelUnreachable,
    RunCancelled,
)
from optimizer.model.keys import content_key
from optimizer.model.ledger import Estimate, Ledger
from optimizer.model.pool import ModelPool
from optimizer.model.prices import cost_of, price_of
from optimizer.model.protocol import Journal, JournalEntry, ModelAnswer, ModelRequest
from optimizer.model.trace import CallSpan
from optimizer.model.troubles import Trouble
from optimizer.seeds import generator, request_seed

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 20.0
_LONGEST_RETRY_AFTER = 120.0
_LONGEST_PATIENCE = 600.0
_SHORTEST_TOLD_WAIT = 0.1
_UNBOUNDED_OUTPUT = 4096
_PART = "@"
_CHARGED_KEPT = 20_000
"""Charged answers that a door remembers, so that its memory does not grow with the number of calls."""


class ModelDoor:
    """One model as one run sees it. Implements ``Model``.

    ``part`` names the part of the run that keeps its own account: what another part of the run has
    paid is free here, so that the parts' accounts add up to what the run has paid.
    """

    def __init__(
        self,
        name: str,
        pool: ModelPool,
        journal: Journal,
        ledger: Ledger,
        control: RunControl,
        *,
        run_id: str,
        seed: int,
        part: str = "",
    ) -> None:
        self.name = name
        self._pool = pool
        self._journal = journal
        self._ledger = ledger
        self._control = control
        self._run_id = run_id
        self._seed = seed
        self._part = part
        self._charged: dict[str, None] = {}
        self._price = price_of(name, pool.settings.prices)

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the journal's answer, or pay for one and record it first.

        Raises:
            RunCancelled, BudgetExhausted, ModelError: there will be no answer.
        """
        self._control.raise_if_cancelled()
        if request.temperature > 0 and request.seed is None:
            request = replace(request, seed=request_seed(self._seed, request.position))
        settings = self._pool.settings
        key = content_key(self.name, settings.journal_scope or settings.base_url, request, self._run_id)
        while True:
            pending = self._pool.in_flight.get(key)
            if pending is not None:
                # Its answer may be in the journal a moment before it is charged: asked now, it would be charged twice.
                await asyncio.shield(pending)
                continue
            entry = self._journal.find(key)
            if entry is None:
                break
            return self._replayed(entry)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pool.in_flight[key] = done
        abandoned = asyncio.Event()
        try:
            return await self._pool.see_through(self._pay(key, request, done, abandoned))
        except asyncio.CancelledError:
            abandoned.set()
            raise

    def _replayed(self, entry: JournalEntry) -> ModelAnswer:
        """Charge an answer that this run paid before a restart; one from elsewhere is free.

        An answer that comes again after ``_CHARGED_KEPT`` others is charged twice: a budget errs on the
        safe side then.
        """
        own = entry.run_id == self._run_id and part_of(entry.purpose) == self._part
        if own and entry.key not in self._charged:
            self._note_charged(entry.key)
            self._ledger.charge(entry.answer)
        else:
            self._ledger.count_cached()
        return entry.answer

    def _note_charged(self, key: str) -> None:
        self._charged[key] = None
        if len(self._charged) > _CHARGED_KEPT:
            del self._charged[next(iter(self._charged))]

    async def _pay(
        self, key: str, request: ModelRequest, done: asyncio.Future[None], abandoned: asyncio.Event
    ) -> ModelAnswer:
        estimate = self._estimate(request)
        try:
            await self._ledger.admit(estimate)
            answer: ModelAnswer | None = None
            try:
                answer = await self._persist(key, request, abandoned)
                self._note_charged(key)
            finally:
                self._ledger.settle(estimate, answer)
            return answer
        finally:
            self._pool.in_flight.pop(key, None)
            if not done.done():
                done.set_result(None)

    async def _persist(self, key: str, request: ModelRequest, abandoned: asyncio.Event) -> ModelAnswer:
        """Attempt the call until it succeeds, trying again cannot help, or nobody wants it any more.

        A provider that says when to come back is waited for without using up attempts, but not for
        longer than ``_LONGEST_PATIENCE`` in all: under a tight rate limit a call may be sent away often.
        """
        random = generator(self._seed, "backoff", request.position, request.purpose)
        failures, waited = 0, 0.0
        while True:
            await self._control.until_resumed()
            try:
                answer = await self._attempt(key, request, abandoned)
            except ModelError as error:
                self._ledger.trouble(_trouble(error))
                told = error.retry_after
                if not error.retryable or (told is not None and told > _LONGEST_RETRY_AFTER):
                    raise
                if told is None:
                    failures += 1
                else:
                    waited += max(told, _SHORTEST_TOLD_WAIT)
                if failures > self._pool.settings.max_retries or waited > _LONGEST_PATIENCE:
                    raise
            else:
                if answer is not None:
                    return answer
                continue
            if told is None:
                wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (failures - 1)) * (0.5 + random.random())
            else:
                wait = told
                await self._pool.throttle.pause(told)
            await asyncio.sleep(wait)

    async def _attempt(self, key: str, request: ModelRequest, abandoned: asyncio.Event) -> ModelAnswer | None:
        """Make one attempt and record its answer while still holding the slot; None while paused.

        So at most as many answers as there are slots are paid and not yet recorded: that is all a
        ``kill -9`` can cost. A paused run gives its slot back, other runs may need it.
        """
        queued = asyncio.get_running_loop().time()
        async with self._pool.throttle.slot():
            self._control.raise_if_cancelled()
            if self._control.paused:
                return None
            if abandoned.is_set():
                raise RunCancelled("Nobody waits for this call any more.")
            try:
                with self._traced(request, queued):
                    async with asyncio.timeout(self._pool.settings.timeout):
                        answer = await self._pool.backend(self.name).attempt(request)
            except TimeoutError:
                raise ModelTimeout(
                    f"{self.name} did not answer in time.", "Raise PROMPTBEAM_MODEL_TIMEOUT."
                ) from None
            purpose = f"{request.purpose}{_PART}{self._part}" if self._part else request.purpose
            await self._journal.record(JournalEntry(key, self._run_id, self.name, purpose, answer))
        if answer.finish == "length":
            self._ledger.trouble("truncated answer")
        elif answer.finish == "refusal":
            self._ledger.trouble("refusal")
        return answer

    @contextmanager
    def _traced(self, request: ModelRequest, queued: float) -> Iterator[None]:
        """Add the span of one attempt to the pool's trace, when it keeps one."""
        trace = self._pool.trace
        if trace is None:
            yield
            return
        clock = asyncio.get_running_loop().time
        started, ok = clock(), False
        try:
            yield
            ok = True
        finally:
            purpose, position = request.purpose, request.position
            trace.add(CallSpan(self._run_id, self.name, purpose, position, queued, started, clock(), ok))

    def _estimate(self, request: ModelRequest) -> Estimate:
        """Return the most this call can take: a token has at least two bytes in practice."""
        letters = sum(len(message.content.encode("utf-8", "replace")) + 8 for message in request.messages)
        tokens_in = letters // 2
        tokens_out = request.max_tokens or _UNBOUNDED_OUTPUT
        return Estimate(tokens_in + tokens_out, cost_of(self._price, tokens_in, tokens_out) or 0.0)


def part_of(purpose: str) -> str:
    """Return the part of a run that paid for a call, as its recorded purpose tells; "" for the run itself."""
    return purpose.partition(_PART)[2]


def _trouble(error: ModelError) -> Trouble:
    """Name what went wrong, for the count that the result shows."""
    return next((name for kind, name in _TROUBLES if isinstance(error, kind)), "failed call")


_TROUBLES: tuple[tuple[type[ModelError], Trouble], ...] = (
    (ModelRateLimited, "rate limit"),
    (ModelOverloaded, "overloaded or failing server"),
    (ModelTimeout, "timeout"),
    (ModelUnreachable, "lost connection"),
)
