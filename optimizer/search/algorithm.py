"""The interface of every search algorithm, and the context it works in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from optimizer.config import OptimizeConfig
from optimizer.control import RunControl
from optimizer.critique.critic import Critic
from optimizer.evaluation import Evaluator
from optimizer.events import EventSink, StopReason
from optimizer.model.ledger import Ledger
from optimizer.search.candidates import Candidate
from optimizer.task import Example, Task


@dataclass(frozen=True, slots=True)
class SearchContext:
    """What a search may use. ``pool`` is the search side of the split, in its fixed shared order.

    Events must be emitted in an order that does not depend on which model call finishes first.
    """

    task: Task
    config: OptimizeConfig
    pool: tuple[Example, ...]
    evaluator: Evaluator
    critic: Critic
    ledger: Ledger
    control: RunControl
    emit: EventSink

    @property
    def rounds(self) -> int:
        """Rounds to search: those configured and those that a person granted since."""
        return self.config.rounds + self.control.extra_rounds


@dataclass(frozen=True, slots=True)
class SearchState:
    """What is known at any moment: it is the result when the search is stopped right there."""

    best: Candidate
    rounds: int
    stopped: StopReason


@dataclass(frozen=True, slots=True)
class CallForecast:
    """Upper bounds for a search, without the held-out test: calls to either model, waiting round-trips.

    ``task_calls`` counts answers of the task model; calls that a judging metric adds are counted elsewhere.
    """

    task_calls: int
    critic_calls: int
    round_trips: int


class Algorithm(Protocol):
    """Searches for a better prompt than the task's, within the ledger's budget.

    ``keep`` is called with the state after every round (and once before the first), so that a search
    that is cut short still has a result. Returns the last state.
    """

    name: str

    async def search(self, context: SearchContext, keep: Callable[[SearchState], None]) -> SearchState:
        """Run until a stop reason holds."""
        ...

    def forecast(self, config: OptimizeConfig, pool: int) -> CallForecast:
        """Say what a search over ``pool`` examples takes at most."""
        ...
