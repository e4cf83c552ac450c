"""What a search for methods works with, and what it knows at any moment."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.control import RunControl
from optimizer.events import EventSink
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.events import MethodProposal
from optimizer.evolution.evolver import Evolver
from optimizer.evolution.improver import Improver
from optimizer.evolution.methods import Method
from optimizer.evolution.sampling import DataSample
from optimizer.model.ledger import Ledger


@dataclass(frozen=True, slots=True)
class MethodSearchContext:
    """What a search may use. Events must be emitted in an order that no model call's duration decides."""

    config: EvolveConfig
    sample: DataSample
    evolver: Evolver
    improver: Improver
    ledger: Ledger
    control: RunControl
    emit: EventSink

    @property
    def steps(self) -> int:
        """Steps to do: those configured and those that a person granted since."""
        return self.config.steps + self.control.extra_rounds


@dataclass(frozen=True, slots=True)
class MethodState:
    """The result if the search is stopped right here. ``rates`` has the best method's rate after each step."""

    best: Method
    best_rate: float | None = None
    first_rate: float | None = None
    rates: tuple[tuple[int, float], ...] = ()
    lineage: tuple[MethodProposal, ...] = ()
    steps: int = 0
    stopped: str = "steps"
