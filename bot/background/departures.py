"""Purging what belonged to workspaces that left, once their runs have ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from storage.exchange import Exchange
from storage.store import Store
from storage.workspaces import Departure

logger = logging.getLogger(__name__)


class Runs(Protocol):
    """Ends runs."""

    def stop(self, run_id: str) -> bool:
        """Ask a run to stop; False when it is not under way."""
        ...


class Departures:
    """Stops the runs of a workspace that left, then deletes all that it had. Killed half-way, it goes on.

    Of a workspace that is still there but not among those that are ``served``, only the runs are stopped.
    """

    def __init__(
        self,
        store: Store,
        exchange: Exchange,
        runs: Runs | None = None,
        served: Callable[[str], bool] = lambda team: True,
    ) -> None:
        self._served = served
        self._store = store
        self._exchange = exchange
        self._runs = runs
        self._told: set[str] = set()

    def stop_runs(self) -> None:
        """Stop the runs of all who left or are not served: nobody can be shown their results."""
        if self._runs is not None:
            unserved = {run.id for run in self._store.runs.unfinished() if not self._served(run.place.team)}
            for run_id in unserved - self._told:
                self._runs.stop(run_id)
            self._told |= unserved
        for departure in self._store.workspaces.departures():
            if departure.purged_at is None:
                self._stop(departure)

    def purge(self) -> bool:
        """Delete what is due; False when runs have to end first. What is out of reach stays due.

        Raises:
            StorageError: the database failed; what is not deleted yet is deleted the next time.
        """
        done = True
        for departure in self._store.workspaces.due():
            if self._stop(departure):
                done = False
            else:
                self._erase(departure)
        return done

    def _stop(self, departure: Departure) -> bool:
        """Tell the departure's runs to stop, and whether any has still to end."""
        under_way = [
            run.id
            for run in self._store.runs.unfinished()
            if run.place.team in departure.teams and run.created_at <= departure.gone_at
        ]
        if self._runs is None:
            return bool(under_way)
        for run_id in set(under_way) - self._told:
            self._runs.stop(run_id)
        self._told |= set(under_way)
        return bool(under_way)

    def _erase(self, departure: Departure) -> None:
        left = 0
        for team in departure.teams:
            for run_id in self._exchange.runs_of(team, departure.gone_at):
                self._exchange.erase(run_id)
            erased = self._store.eraser.of_team(team, departure.gone_at)
            self._exchange.forget_spending(team)
            logger.info("purged %s: %d runs, %d prompts", team, erased.runs, erased.prompts)
            left += erased.left
        if not left:
            self._store.workspaces.purged(departure)
