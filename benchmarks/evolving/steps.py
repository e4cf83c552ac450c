"""Model calls and sequential round-trips per step at the paper's settings.

The authors' code takes 2 dev + 10 l + m (2 + 2 dev) = 620 calls and 2 + 1 + m (1 + 1 + 2) = 23 waits per step
(``Zeng-WH/Auto-Evol-Instruct:optimizer.py``: the incumbent's dev pass, the batch, and m optimisations one after
the other, each with an analysis, a rewriting and two dev passes). Waits are counted, not timed: a call is sent
on the next tick, and a tick comes only when every call of the one before it is answered.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from benchmarks.evolving.data import public_data
from bot.cli.children import Child
from optimizer.events import Event
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.events import MethodScored, MethodSelected
from optimizer.evolution.run import run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.instructions.records import InstructionSource
from optimizer.model.backend import Backend, open_backend
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import ModelAnswer, ModelRequest
from optimizer.model.settings import ModelSettings

CONFIG = EvolveConfig(steps=10, patience=None, apply=False)
_QUIET_TURNS = 100


class Ticks:
    """Counts the waits of a run: calls that are sent together share one."""

    def __init__(self) -> None:
        self.count = 0
        self.waiting = 0
        self.away = 0
        self._next = asyncio.Event()

    async def wait(self) -> None:
        """Wait for the next tick."""
        self.waiting += 1
        await self._next.wait()

    async def tick(self) -> None:
        """Tick whenever nothing but waiting calls is left."""
        quiet = 0
        while True:
            await asyncio.sleep(0 if self.waiting and not self.away else 0.002)
            quiet = quiet + 1 if self.waiting and not self.away else 0
            if quiet >= _QUIET_TURNS:
                self.count += 1
                self.away, self.waiting, quiet = self.waiting, 0, 0
                self._next.set()
                self._next = asyncio.Event()


class TickingBackend:
    """The real backend, whose calls wait for their tick."""

    def __init__(self, inner: Backend, ticks: Ticks) -> None:
        self._inner, self._ticks = inner, ticks

    async def attempt(self, request: ModelRequest) -> ModelAnswer:
        """Wait, then ask."""
        await self._ticks.wait()
        try:
            return await self._inner.attempt(request)
        finally:
            self._ticks.away -= 1

    async def aclose(self) -> None:
        """Close the real one."""
        await self._inner.aclose()


@dataclass(slots=True)
class StepCounter:
    """Notes calls and waits at the end of each step."""

    ticks: Ticks
    first_score_calls: int = 0
    marks: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Take note of a step's end."""
        if isinstance(event, MethodSelected):
            self.marks.append((event.calls, self.ticks.count))
        elif isinstance(event, MethodScored) and event.step == 0:
            early = sum(item.count for item in event.failures if item.rule in _UNANSWERED)
            self.first_score_calls = 2 * event.n - early

    def steps(self) -> list[tuple[int, int]]:
        """Return calls and waits of each step; the first one without the first method's score."""
        before, result = (self.first_score_calls, 0), []
        for calls, count in self.marks:
            result.append((calls - before[0], count - before[1]))
            before = (calls, count)
        return result


_UNANSWERED = {"no-evolution", "unchanged", "runaway", "leaked-method", "switched-language", "lost-facts"}


async def _count(source: InstructionSource, url: str) -> tuple[StepCounter, str]:
    settings = ModelSettings(
        task_model="simulated-small", optimizer_model="simulated-large", base_url=url, concurrency=1_000
    )
    ticks = Ticks()
    counter = StepCounter(ticks)
    pool = ModelPool(settings, lambda name, given: TickingBackend(open_backend(name, given), ticks))
    ticking = asyncio.create_task(ticks.tick())
    async with pool:
        result = await run_evolution(EvolveTask(source), CONFIG, pool, on_event=counter)
    ticking.cancel()
    return counter, result.stopped_because


def run() -> None:
    """Print the table."""
    authors_calls = 2 * CONFIG.dev + 10 * CONFIG.rounds + CONFIG.candidates * (2 + 2 * CONFIG.dev)
    authors_waits = 2 + 1 + CONFIG.candidates * (1 + 1 + 2)
    print(
        "| data | steps | calls per step, mean | most | with the first score | waits per step, mean | most | ended by |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, source in public_data().items():
        with Child("sandbox.model", ["--port", "0"]) as child:
            counter, stopped = asyncio.run(_count(source, child.ready["url"]))
        steps = counter.steps()
        if not steps:
            print(f"| {name} | 0 | | | | | | {stopped} |")
            continue
        calls, waits = [item[0] for item in steps], [item[1] for item in steps]
        print(
            f"| {name} | {len(steps)} | {sum(calls) / len(steps):.0f} | {max(calls)} "
            f"| {counter.marks[-1][0] / len(steps):.0f} | {sum(waits) / len(steps):.1f} | {max(waits)} | {stopped} |",
            flush=True,
        )
    print(f"| authors' code, formula | | {authors_calls} | | {authors_calls} | {authors_waits} | | |")
