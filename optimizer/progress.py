"""Turns spending into transient ``Progress`` events, a few per second at most."""

from __future__ import annotations

import time
from collections.abc import Callable

from optimizer.events import EventSink, Progress
from optimizer.model.ledger import Ledger

_EVERY_SECONDS = 0.25
_EARLIEST_GUESS = 0.05
"""Share of the forecast that must be done before a time left is guessed."""


class ProgressTeller:
    """Tells how far a run is. ``doing`` is a short phrase that the algorithm's events keep current."""

    def __init__(
        self, emit: EventSink, forecast_calls: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.doing = "starting"
        self._emit = emit
        self.forecast(forecast_calls)
        self._clock = clock
        self._started = clock()
        self._told = float("-inf")
        self._ended = False

    def forecast(self, calls: int) -> None:
        """Take ``calls`` as what the whole run will need."""
        self._forecast = max(1, calls)

    def end(self) -> None:
        """Tell nothing any more: calls that are seen through after a stop may still be accounted for."""
        self._ended = True

    @property
    def seconds(self) -> float:
        """Wall-clock seconds since the start."""
        return self._clock() - self._started

    def tell(self, ledger: Ledger) -> None:
        """Emit a ``Progress`` unless one was emitted just now."""
        now = self._clock()
        if self._ended or now - self._told < _EVERY_SECONDS:
            return
        self._told = now
        fraction = min(0.99, (ledger.spent_calls + ledger.cached) / self._forecast)
        left = self.seconds * (1 - fraction) / fraction if fraction > _EARLIEST_GUESS else None
        self._emit(
            Progress(
                fraction=fraction,
                calls=ledger.spent_calls,
                cached=ledger.cached,
                input_tokens=ledger.input_tokens,
                output_tokens=ledger.output_tokens,
                cost=ledger.shown_cost,
                seconds=self.seconds,
                seconds_left=left,
                doing=self.doing,
            )
        )
