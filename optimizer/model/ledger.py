"""What a run has spent and may still spend: calls, tokens, money, and how often things went wrong."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from optimizer.config import Budget
from optimizer.errors import BudgetExhausted
from optimizer.model.protocol import ModelAnswer
from optimizer.model.troubles import Trouble


@dataclass(frozen=True, slots=True)
class Estimate:
    """The most that one call can take, reserved until its answer is known."""

    tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent by a part of a run that kept its own account. ``cost`` is None when a price is unknown."""

    calls: int = 0
    cached: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0
    troubles: Mapping[str, int] = field(default_factory=dict, hash=False)
    exhausted: str = ""


class Ledger:
    """Accounts for one run. Lives on the run's event loop; not thread-safe.

    ``spent_calls`` counts what this run paid for, also before a crash: answers replayed from the
    journal for the same run are charged again, so that a resumed run stops where it would have.
    """

    def __init__(self, budget: Budget, on_change: Callable[[], None] = lambda: None) -> None:
        self.budget = budget
        self.spent_calls = 0
        self.cached = 0
        self.input_tokens = 0
        self.output_tokens = 0
        self.cost = 0.0
        self.cost_known = True
        self.troubles: Counter[str] = Counter()
        self.exhausted = ""
        self.reserve_calls = 0
        """Calls kept back for the final test; lowered to 0 when that test begins."""
        self._pending_calls = 0
        self._pending_tokens = 0
        self._pending_cost = 0.0
        self._settled = asyncio.Event()
        self._on_change = on_change

    @property
    def tokens(self) -> int:
        """Input and output tokens spent."""
        return self.input_tokens + self.output_tokens

    def allows(self, calls: int) -> bool:
        """Tell whether ``calls`` more average calls fit, beside the reserve for the final test."""
        extra = calls + self.reserve_calls
        for what, spent, limit, each in self._accounts():
            if limit is not None and spent + extra * each > limit:
                self.exhausted = what
                return False
        return True

    def room(self) -> int | None:
        """Return how many more average calls fit beside the reserve for the final test; None: no limit."""
        rooms = [
            int((limit - spent) / each) - self.reserve_calls
            for _, spent, limit, each in self._accounts()
            if limit is not None and each > 0
        ]
        return max(0, min(rooms)) if rooms else None

    async def admit(self, estimate: Estimate) -> None:
        """Reserve one call. Waits for calls in flight when only their reservations stand in the way.

        Raises:
            BudgetExhausted: the call does not fit even when nothing is in flight.
        """
        while True:
            what = self._blocked_by(estimate, pending=True)
            if not what:
                break
            blocked = self._blocked_by(estimate, pending=False)
            if blocked or not self._pending_calls:
                self.exhausted = blocked or what
                raise BudgetExhausted(f"The budget for {self.exhausted} is spent.", "Raise it to go on.")
            self._settled.clear()
            await self._settled.wait()
        self._pending_calls += 1
        self._pending_tokens += estimate.tokens
        self._pending_cost += estimate.cost

    def settle(self, estimate: Estimate, answer: ModelAnswer | None) -> None:
        """Replace a reservation by what the call really took (None: it failed and cost nothing)."""
        self._pending_calls -= 1
        self._pending_tokens -= estimate.tokens
        self._pending_cost -= estimate.cost
        if answer is not None:
            self.charge(answer)
        self._settled.set()

    def charge(self, answer: ModelAnswer) -> None:
        """Count a paid answer."""
        self.spent_calls += 1
        self.input_tokens += answer.input_tokens
        self.output_tokens += answer.output_tokens
        if answer.cost is None:
            self.cost_known = False
        else:
            self.cost += answer.cost
        self._on_change()

    def add(self, spent: Spent) -> None:
        """Count what a part of the run has spent by its own account."""
        self.spent_calls += spent.calls
        self.cached += spent.cached
        self.input_tokens += spent.input_tokens
        self.output_tokens += spent.output_tokens
        self.cost += spent.cost or 0.0
        self.cost_known = self.cost_known and spent.cost is not None
        self.troubles.update(spent.troubles)
        self.exhausted = spent.exhausted or self.exhausted
        self._on_change()

    @property
    def spent(self) -> Spent:
        """What was spent so far, for the account of the whole run."""
        return Spent(
            self.spent_calls,
            self.cached,
            self.input_tokens,
            self.output_tokens,
            self.shown_cost,
            dict(self.troubles),
            self.exhausted,
        )

    def count_cached(self) -> None:
        """Count an answer that cost this run nothing."""
        self.cached += 1
        self._on_change()

    def trouble(self, what: Trouble) -> None:
        """Count something that went wrong with the model."""
        self.troubles[what] += 1

    @property
    def shown_cost(self) -> float | None:
        """Cost in US dollars, None when a price is unknown."""
        return self.cost if self.cost_known else None

    def _accounts(self) -> tuple[tuple[str, float, float | None, float], ...]:
        """Return (name, spent, limit, average per call) of each kind of budget."""
        calls = max(1, self.spent_calls)
        return (
            ("calls", self.spent_calls, self.budget.calls, 1.0),
            ("tokens", self.tokens, self.budget.tokens, self.tokens / calls),
            ("cost", self.cost, self.budget.cost, self.cost / calls),
        )

    def _blocked_by(self, estimate: Estimate, *, pending: bool) -> str:
        weight = 1 if pending else 0
        for (what, spent, limit, each), in_flight, more in zip(
            self._accounts(),
            (self._pending_calls, self._pending_tokens, self._pending_cost),
            (1, estimate.tokens, estimate.cost),
            strict=True,
        ):
            if limit is None:
                continue
            if spent + weight * in_flight + more + self.reserve_calls * each > limit:
                return what
        return ""
