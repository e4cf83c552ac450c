"""How soon the bot acknowledges while twenty runs are in flight: real bot, local workspace, slow model.

python -m benchmarks.acknowledgement
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bot.background.turns import Limits
from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from tests.bot.office import Office, bot_at_work, settings_for

RUNS = 20
COMMANDS = 300


def measure() -> list[float]:
    """Return the seconds from sending a command to its acknowledgement, sorted."""
    with (
        RunningModel() as model,
        RunningWorkspace(Options(rate_limits=False)) as workspace,
        tempfile.TemporaryDirectory() as folder,
    ):
        limits = Limits(service=RUNS)
        with bot_at_work(settings_for(workspace, model, Path(folder), limits=limits)) as (bot, store):
            workspace.wait_for_app()
            office = Office(workspace, model, bot, store)
            model.control(latency_ms=400)
            for number in range(RUNS):
                office.ask(goal=f"run {number}")
            workspace.wait(lambda: _running(store) >= RUNS, 120, "all runs to be under way")
            taken = []
            for number in range(COMMANDS):
                started = time.perf_counter()
                workspace.slash("carol", "prompts", "/optimize help" if number % 2 else "/optimize status")
                taken.append(time.perf_counter() - started)
            still = _running(store)
            print(f"{still} of {RUNS} runs were in flight at the end")
            return sorted(taken)


def _running(store: object) -> int:
    return sum(1 for run in store.runs.unfinished() if run.status == "running")


if __name__ == "__main__":
    times = measure()
    for share in (0.5, 0.9, 0.99):
        print(f"p{share * 100:.0f}: {1_000 * times[int(share * len(times)) - 1]:.0f} ms")
