"""Who is let in: refuses a run when the queue is full or a daily budget is spent, and says what to do."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.background.turns import Limits
from optimizer.errors import ConfigError, InputError, PromptbeamError
from optimizer.model.prices import price_of
from optimizer.model.settings import ModelSettings
from storage.exchange import Exchange
from storage.runs import RunRecord
from storage.spending import DAY, midnight_before


@dataclass(frozen=True, slots=True)
class DailyBudget:
    """US dollars that may be spent per day (UTC); None means no limit.

    Raises:
        ConfigError: an amount is not above 0.
    """

    person: float | None = None
    workspace: float | None = None

    def __post_init__(self) -> None:
        if any(limit is not None and limit <= 0 for limit in (self.person, self.workspace)):
            raise ConfigError(
                "A daily budget is not above 0.", "Give an amount in US dollars, or leave it out."
            )

    def check_prices(self, models: ModelSettings) -> None:
        """Refuse a budget that could not hold.

        Raises:
            ConfigError: the price of a model is not known.
        """
        if self.person is None and self.workspace is None:
            return
        names = (models.task_model, models.optimizer_model, models.evol_model, models.answer_model)
        for name in filter(None, names):
            if price_of(name, models.prices) is None:
                raise ConfigError(
                    f"No price is known for {name}, so a daily budget in money cannot hold.",
                    "Set PROMPTBEAM_PRICES (model=INPUT/OUTPUT), or leave the daily budgets out.",
                )


class DailyBudgetSpent(PromptbeamError):
    """Nothing more may be spent today; trying again tomorrow helps."""


class Door:
    """Asked before a run is stored, and again when its turn has come."""

    def __init__(
        self,
        exchange: Exchange,
        limits: Limits,
        budget: DailyBudget,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._exchange = exchange
        self._limits = limits
        self._budget = budget
        self._clock = clock

    def admit(self, run: RunRecord, unfinished: Sequence[RunRecord]) -> None:
        """Let a new run in; ``unfinished`` are those that wait or are under way.

        Raises:
            InputError: the queue is full, or a daily budget is spent.
        """
        waiting = sum(1 for other in unfinished if other.status == "queued" and other.id != run.id)
        if waiting >= self._limits.waiting:
            raise InputError(
                f"The queue is full: {waiting} runs wait already.",
                "Start this one again when some have ended, or ask an admin to raise MAX_WAITING_RUNS.",
            )
        try:
            self.check_budget(run)
        except DailyBudgetSpent as error:
            raise InputError(error.message, error.way_out) from error

    def left_today(self, team: str, owner: str) -> float | None:
        """US dollars that ``owner`` may still spend today; None when no daily budget is set."""
        now = self._clock()
        midnight = midnight_before(now)
        left = [
            max(limit - self._exchange.spent(midnight, team=team, owner=person), 0.0)
            for limit, person in ((self._budget.person, owner), (self._budget.workspace, ""))
            if limit is not None
        ]
        return min(left, default=None)

    def check_budget(self, run: RunRecord) -> None:
        """Refuse a run whose owner or workspace has spent the day's money.

        Raises:
            DailyBudgetSpent: nothing more may be spent today.
        """
        now = self._clock()
        midnight = midnight_before(now)
        left = math.ceil((midnight + DAY - now) / 3600)
        team, owner = run.place.team, run.owner
        for limit, person, whose, name in (
            (self._budget.person, owner, "You have", "BUDGET_PERSON_USD_PER_DAY"),
            (self._budget.workspace, "", "This workspace has", "BUDGET_WORKSPACE_USD_PER_DAY"),
        ):
            if limit is None:
                continue
            spent = self._exchange.spent(midnight, team=team, owner=person)
            if spent >= limit:
                raise DailyBudgetSpent(
                    f"{whose} spent today's budget: ${spent:.2f} of ${limit:.2f}.",
                    f"A new day begins in {left} h (midnight UTC); an admin can raise {name}.",
                )
