"""Steering a run from another thread: pause, resume, extend, stop while paused."""

import asyncio
import threading

from optimizer.control import RunControl
from optimizer.events import BeamSelected, RoundStarted
from optimizer.run import run_optimization
from tests.optimizer import test_every_algorithm as runs
from tests.optimizer.scripted import scripted_pool

CONFIG = runs.CONFIG.with_changes(algorithm="racing", rounds=2)


async def steered(control, on_event, config=CONFIG):
    pool, backend = scripted_pool(runs.skilled)
    async with pool:
        result = await run_optimization(runs.task(), config, pool, on_event=on_event, control=control)
    return result, backend


async def turns(count=200):
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_paused_run_makes_no_call_until_it_is_resumed():
    control = RunControl()
    pool, backend = scripted_pool(runs.skilled)

    def hold(event):
        if isinstance(event, RoundStarted) and event.round == 1:
            control.pause()

    async with pool:
        running = asyncio.create_task(
            run_optimization(runs.task(), CONFIG, pool, on_event=hold, control=control)
        )
        while not control.paused:
            await asyncio.sleep(0)
        await turns()
        paid = len(backend.log)
        await turns()
        assert len(backend.log) == paid
        assert not running.done()
        threading.Thread(target=control.resume).start()
        result = await running
    assert result.stopped_because == "rounds"
    assert len(backend.log) > paid


async def test_a_paused_run_can_be_stopped():
    control = RunControl()

    def hold(event):
        if isinstance(event, RoundStarted):
            control.pause()
            threading.Timer(0.05, control.cancel).start()

    result, _ = await steered(control, hold)
    assert result.stopped_because == "cancelled"


async def test_a_run_is_extended_by_rounds_while_it_searches():
    control = RunControl()
    selected = []

    def extend(event):
        if isinstance(event, BeamSelected):
            selected.append(event.round)
            if event.round == 1:
                control.extend(2)

    result, _ = await steered(control, extend)
    assert selected == [1, 2, 3, 4]
    assert result.rounds == 4
