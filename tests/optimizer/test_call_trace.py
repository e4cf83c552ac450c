"""The trace of a run: every paid call a span, overlapping calls on lanes of their own."""

import json

from optimizer.model.pool import ModelPool
from optimizer.model.trace import CallSpan, CallTrace, trace_events
from optimizer.run import run_optimization
from tests.optimizer import test_every_algorithm as runs
from tests.optimizer.scripted import SETTINGS, ScriptedBackend


def span(started, ended):
    return CallSpan("r", "m", "task", "p", started, started, ended, True)


def test_overlapping_calls_get_lanes_and_free_lanes_are_used_again():
    events = trace_events([span(0, 2), span(1, 3), span(2, 4)])
    assert [event["tid"] for event in events] == [1, 2, 1]
    assert [(event["ts"], event["dur"]) for event in events] == [(0, 2e6), (1e6, 2e6), (2e6, 2e6)]


async def test_a_run_leaves_a_span_for_every_attempt(tmp_path):
    trace, backend = CallTrace(), ScriptedBackend(runs.skilled)
    async with ModelPool(SETTINGS, open_backend=lambda *_: backend, trace=trace) as pool:
        await run_optimization(runs.task(), runs.CONFIG, pool)
    trace.write(tmp_path / "trace.json")
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert len(events) == len(backend.log)
    assert {"task", "critique", "edit", "summarise"} <= {event["name"] for event in events}
