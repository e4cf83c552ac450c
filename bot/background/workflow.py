"""The one workflow that the engine knows: do the run whose id it is given. Imports DBOS: see ``engine``."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from dbos import DBOS

_MOST_RECOVERIES = 1000
"""A run that takes its process down each time must end at some point; restarts of long runs must not."""

_serving: list[Callable[[str], Coroutine[Any, Any, None]]] = []


def serve(conduct: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """Let ``conduct`` do the runs of this process from now on."""
    _serving[:] = [conduct]


@DBOS.workflow(name="conduct_run", max_recovery_attempts=_MOST_RECOVERIES)
async def conduct_run(run_id: str) -> None:
    """Do a run as one step of its own: the journal, not the engine, makes doing it again exact."""
    await conduct_step(run_id)


@DBOS.step(name="conduct_step")
async def conduct_step(run_id: str) -> None:
    """Work on the run until it has an outcome."""
    await _serving[0](run_id)
