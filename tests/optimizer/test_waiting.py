"""What a run waits for, on a clock that only moves while everything waits for the model."""

import asyncio
from dataclasses import replace

import pytest

from benchmarks.model_inside import ModelInside
from benchmarks.tasks import tickets
from benchmarks.waiting import PathCounter
from optimizer import preset
from optimizer.run import run_optimization

LATENCY = 0.2


class IdleClock(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer instead of sleeping: computing takes no time."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        self._ask, self._selector.select = self._selector.select, self._jump

    def time(self):
        return self.now

    def _jump(self, timeout=None):
        if not timeout or timeout < 0:
            return self._ask(timeout)
        events = self._ask(0)
        self.now += 0 if events else timeout
        return events


class Slow(ModelInside):
    async def attempt(self, request):
        await asyncio.sleep(LATENCY)
        return await super().attempt(request)


@pytest.mark.parametrize("name", ["quick", "standard"])
def test_racing_waits_for_little_but_its_critical_path(name):
    """64 calls at once; 1.0 would be a run whose every wait is one of its phases."""
    path, loop = PathCounter(), IdleClock()

    async def run():
        async with Slow().pool() as models:
            await run_optimization(tickets(), replace(preset(name), patience=None), models, on_event=path)

    try:
        loop.run_until_complete(run())
    finally:
        loop.close()
    assert loop.now <= 1.3 * path.round_trips * LATENCY
