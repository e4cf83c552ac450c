"""An evolution as an async iterator: the same events, the same end, and leaving it early."""

from optimizer.evolution.events import EvolutionFinished, StepStarted
from optimizer.evolution.run import run_evolution
from optimizer.evolution.streaming import stream_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.model.memory_journal import MemoryJournal
from tests.optimizer.evolution.parts import CONFIG, METHOD, ListSink, ListSource, instructions, skilled
from tests.optimizer.scripted import scripted_pool


def told(events):
    return [event for event in events if event.kind not in ("progress", "budget_spent")]


def started(pool, sink, journal=None):
    task = EvolveTask(ListSource(instructions(100)), METHOD)
    return stream_evolution(task, CONFIG, pool, run_id="e-1", journal=journal, sink=sink)


async def test_the_stream_tells_what_a_callback_is_told_and_ends_alike():
    pool, _ = scripted_pool(skilled)
    events, sink = [], ListSink()
    expected = await run_evolution(
        EvolveTask(ListSource(instructions(100)), METHOD),
        CONFIG,
        pool,
        run_id="e-1",
        on_event=events.append,
        sink=sink,
    )
    streamed, rows = [], ListSink()
    stream = started(scripted_pool(skilled)[0], rows)
    async for event in stream:
        streamed.append(event)
    result = await stream.result()
    assert told(streamed) == told(events)
    assert (result.final_method, result.calls) == (expected.final_method, expected.calls)
    assert rows.rows == sink.rows


async def test_the_result_alone_runs_to_the_end():
    sink = ListSink()
    result = await started(scripted_pool(skilled)[0], sink).result()
    assert (result.rows, sink.written) == (100, 100)


async def test_leaving_the_loop_stops_the_evolution_and_nothing_is_paid_twice_when_it_goes_on():
    pool, backend = scripted_pool(skilled)
    journal, sink = MemoryJournal(), ListSink()
    stream = started(pool, sink, journal)
    events = stream.__aiter__()
    async for event in events:
        if isinstance(event, StepStarted) and event.step == 2:
            break
    await events.aclose()
    stopped = await stream.result()
    assert stopped.stopped_because == "cancelled"
    assert sink.written == 0
    paid = len(backend.log)
    again = [event async for event in started(pool, sink, journal)]
    assert isinstance(again[-1], EvolutionFinished)
    assert sink.written == 100
    assert len(backend.log) == len(set(backend.log)) > paid
