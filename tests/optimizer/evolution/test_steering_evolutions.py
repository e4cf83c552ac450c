"""Steering an evolution while it runs, its critical path, and the Evol-Instruct baseline."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from optimizer.control import RunControl
from optimizer.errors import ConfigError
from optimizer.events import FeedbackTaken, is_durable
from optimizer.evolution.events import ApplicationStarted, MethodScored, MethodSelected, StepStarted
from optimizer.evolution.evol_instruct import OPERATORS
from optimizer.evolution.forecast import step_round_trips
from optimizer.model.memory_journal import MemoryJournal
from optimizer.model.pool import ModelPool
from tests.optimizer.evolution.parts import ListSink, blocks, changed, instructions, run, skilled
from tests.optimizer.scripted import SETTINGS, ScriptedBackend, scripted_pool


async def test_a_persons_words_go_into_the_next_methods():
    control, heard = RunControl(), []
    control.add_feedback("Ask for\nexamples.", "U1")

    def listening(request, attempt):
        if request.purpose == "improve-method":
            heard.append(blocks(request).get("feedback"))
        return skilled(request, attempt)

    _, events, *_ = await run(listening, control=control)
    assert [event.text for event in events if isinstance(event, FeedbackTaken)] == ["Ask for\nexamples."]
    assert heard[:3] == ["Ask for examples."] * 3
    assert set(heard[3:]) == {None}


@pytest.mark.parametrize("kind", [StepStarted, ApplicationStarted])
async def test_a_stopped_evolution_goes_on_when_it_is_started_again(kind):
    control, journal, sink = RunControl(), MemoryJournal(), ListSink()
    whole, events, _, written = await run()

    def stop(event):
        if isinstance(event, kind):
            control.cancel()

    stopped, _, before, _ = await run(control=control, journal=journal, sink=sink, on_event=stop)
    assert stopped.stopped_because == "cancelled"
    assert stopped.final_method in (whole.first_method, whole.final_method)
    result, again, after, _ = await run(journal=journal, sink=sink)
    assert [e for e in again if is_durable(e)] == [e for e in events if is_durable(e)]
    assert sink.rows == written.rows
    assert len(before.log) + len(after.log) == whole.calls == result.calls


async def test_a_paused_evolution_makes_no_call_and_an_extended_one_more_steps():
    control = RunControl()
    pool, backend = scripted_pool(skilled)

    def hold(event):
        if isinstance(event, StepStarted) and event.step == 2:
            control.extend(2)
            control.pause()

    config = changed(steps=2, apply=False)
    running = asyncio.create_task(run(config=config, pool=(pool, backend), control=control, on_event=hold))
    while not control.paused:
        await asyncio.sleep(0)
    for _ in range(50):
        await asyncio.sleep(0)
    paid = len(backend.log)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(backend.log) == paid
    control.resume()
    result, *_ = await running
    assert result.steps == 4 or result.stopped_because == "perfect"
    assert len(backend.log) > paid


class Ticking(ScriptedBackend):
    """Every call takes one tick; a tick passes when nothing else can happen any more."""

    def __init__(self, script):
        super().__init__(script)
        self.ticks, self.waiting, self.held = 0, asyncio.Event(), 0

    async def attempt(self, request):
        self.held += 1
        await self.waiting.wait()
        return await super().attempt(request)

    async def tick(self):
        while True:
            for _ in range(300):
                await asyncio.sleep(0)
            if not self.held:
                continue
            self.ticks, self.held = self.ticks + 1, 0
            self.waiting.set()
            self.waiting = asyncio.Event()


async def test_a_step_waits_for_the_models_eight_times_and_the_first_score_comes_beside():
    def never_perfect(request, attempt):
        if request.purpose == "improve-method" and "s3" not in request.position:
            return skilled(request, attempt).replace("*", "")
        return skilled(request, attempt)

    backend = Ticking(never_perfect)
    pool = ModelPool(replace(SETTINGS, concurrency=1_000), open_backend=lambda *_: backend)
    passed = []
    config = changed(steps=3, candidates=5, batch=10, dev=50, first_rung=10, apply=False)

    def note(event):
        if isinstance(event, MethodScored | MethodSelected):
            passed.append((event.kind, backend.ticks))

    ticking = asyncio.create_task(backend.tick())
    await run(config=config, rows=instructions(300), pool=(pool, backend), on_event=note)
    ticking.cancel()
    selected = [ticks for kind, ticks in passed if kind == "method_selected"]
    steps = [after - before for before, after in zip([0, *selected], selected, strict=False)]
    assert step_round_trips(config, 50) == 8
    assert max(steps) <= 8
    assert passed[0] == ("method_scored", 2)


async def test_evol_instruct_draws_an_operator_for_each_instruction_and_improves_nothing():
    config = changed(algorithm="evol-instruct")
    result, events, backend, sink = await run(config=config, method="")
    used = Counter(blocks(r)["method"] for r in backend.log if r.purpose == "evolve")
    assert set(used) == set(OPERATORS.values())
    assert max(used.values()) < 60
    assert {request.purpose for request in backend.log} == {"evolve", "answer"}
    assert result.first_rate == result.final_rate is not None
    assert result.holdout.seed_score == result.holdout.final_score
    assert len(sink.rows) == 100
    assert events[0].algorithm == "evol-instruct"
    again, *_ = await run(config=config, method="")
    assert again.first_rate == result.first_rate
    assert again.failures == result.failures


async def test_evol_instruct_takes_no_method_and_unknown_algorithms_are_refused():
    with pytest.raises(ConfigError, match="takes no method"):
        await run(config=changed(algorithm="evol-instruct"))
    with pytest.raises(ConfigError, match="no algorithm"):
        await run(config=changed(algorithm="magic"))
