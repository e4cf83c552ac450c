"""The wall-clock part of a budget: the search ends in time for the final test, and the test when the time is up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from optimizer.errors import BudgetExhausted
from optimizer.model.ledger import Ledger

T = TypeVar("T")

_SEARCH_AT_LEAST = 0.25
_SEARCH_AT_MOST = 0.9
_MARGIN = 1.5
"""The test is given so many times what it will probably need: it shares its start with calls still in flight."""


class TimeLimit:
    """Counts from its making, on the running event loop; ``seconds`` None is no limit.

    Both methods raise ``BudgetExhausted`` when the time is up; what they waited for is cancelled then.
    """

    def __init__(self, seconds: float | None, ledger: Ledger) -> None:
        self._seconds = seconds
        self._ledger = ledger
        self._clock = asyncio.get_running_loop().time
        self._started = self._clock()

    async def search(self, work: Coroutine[Any, Any, T]) -> T:
        """Await the search, but leave the time that the test's reserved calls take at the pace so far.

        The search has a quarter of the time at least, and nine tenths at most.
        """
        return await self._hold(work, self._search_share)

    async def test(self, work: Coroutine[Any, Any, T]) -> T:
        """Await the final test until all of the time is gone."""
        return await self._hold(work, lambda seconds: 1.0)

    def _search_share(self, seconds: float) -> float:
        each = (self._clock() - self._started) / max(1, self._ledger.spent_calls)
        rest = 1 - _MARGIN * self._ledger.reserve_calls * each / seconds
        return min(_SEARCH_AT_MOST, max(_SEARCH_AT_LEAST, rest))

    async def _hold(self, work: Coroutine[Any, Any, T], share: Callable[[float], float]) -> T:
        if self._seconds is None:
            return await work
        doing = asyncio.ensure_future(work)
        waiting = asyncio.ensure_future(self._wait(self._seconds, share))
        try:
            await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                return doing.result()
        finally:
            waiting.cancel()
            doing.cancel()
        self._ledger.exhausted = "seconds"
        raise BudgetExhausted("The time is up.", "Allow more of it to go on.")

    async def _wait(self, seconds: float, share: Callable[[float], float]) -> None:
        """Wait until ``share`` of the seconds is gone; it is asked when the least is gone, and again when it is."""
        ends = self._started + _SEARCH_AT_LEAST * seconds
        while True:
            await asyncio.sleep(max(0.0, ends - self._clock()))
            ends = self._started + share(seconds) * seconds
            if ends <= self._clock():
                return
