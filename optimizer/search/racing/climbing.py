"""One round's race: newcomers and near misses climb the ladder as far as rank and budget let them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from optimizer.concurrently import together
from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import Candidate
from optimizer.search.racing.frontier import Standing
from optimizer.search.racing.ladder import climbers, most_climbers, next_in_line

OnRung = Callable[[int, Sequence[Standing], int], None]
"""``on_rung(number, standings, calls)`` is told after each rung, from 1: who is on it, new evaluations."""


class Field:
    """Every candidate that has raced, in order of arrival, with its results on its prefix of the pool."""

    def __init__(self, context: SearchContext, sizes: Sequence[int]) -> None:
        self._context = context
        self._standings: dict[str, Standing] = {}
        self.sizes = tuple(sizes)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """All standings, the earliest candidate first."""
        return tuple(self._standings.values())

    def of(self, candidate: str) -> Standing:
        """Return the standing of the candidate with that id."""
        return self._standings[candidate]

    async def test(self, candidates: Sequence[Candidate], size: int) -> None:
        """Score candidates on the first ``size`` examples; what is known already is not asked again."""
        prefix = self._context.pool[:size]
        results = await together(self._context.evaluator.evaluate(item.prompt, prefix) for item in candidates)
        for item, judged in zip(candidates, results, strict=True):
            self._standings[item.id] = Standing(item, tuple(judged))

    async def race(self, newcomers: Sequence[Candidate], on_rung: OnRung, kept: int = 0) -> None:
        """Put newcomers on the first rung, then let the best of all who wait climb, rung by rung.

        Nobody climbs for the ``kept`` calls of a budget. A round that brings nothing new gives a near miss
        its second try: the next in line of each rung.
        """
        evaluations = len(newcomers) * self.sizes[0]
        if newcomers:
            await self.test(newcomers, self.sizes[0])
            on_rung(1, self._on(self.sizes[0]), evaluations)
        eta = self._context.config.racing.eta
        for rung, (size, larger) in enumerate(itertools.pairwise(self.sizes)):
            most = most_climbers(len(newcomers), eta, rung)
            waiting = (
                climbers(self.standings, size, eta, most) if most else next_in_line(self.standings, size)
            )
            going = self._affordable(waiting, larger - size, kept)
            if not going:
                continue
            evaluations += len(going) * (larger - size)
            await self.test([standing.candidate for standing in going], larger)
            on_rung(rung + 2, self._on(larger), evaluations)

    def _on(self, size: int) -> tuple[Standing, ...]:
        return tuple(standing for standing in self.standings if len(standing.judged) >= size)

    def _affordable(self, going: Sequence[Standing], each: int, kept: int) -> tuple[Standing, ...]:
        """Return the first of ``going`` that the budget holds; nothing is in flight when this is asked."""
        calls = each * self._context.evaluator.calls_each
        count = len(going)
        while count and not self._context.ledger.allows(count * calls + kept):
            count -= 1
        return tuple(going[:count])
