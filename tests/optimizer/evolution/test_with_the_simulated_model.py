"""Evolutions against the simulated model, over HTTP with the real client."""

from dataclasses import replace

import pytest

from optimizer import ModelSettings
from optimizer.events import is_durable
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.run import run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.instructions.records import Instruction
from optimizer.model.memory_journal import MemoryJournal
from sandbox.model.runner import RunningModel
from tests.optimizer.evolution.parts import ListSink, ListSource

CONFIG = EvolveConfig(steps=3, candidates=4, batch=8, dev=30, first_rung=8, holdout=30, answers=True, seed=1)
VERBS = ("Explain", "Compare", "Summarise", "Describe", "List the uses of", "Name three risks of")
THINGS = ("a steam engine", "photosynthesis", "compound interest", "the water cycle", "a hash table")


def rows(count):
    return [
        Instruction(number, f"{VERBS[number % 6]} {THINGS[number % 5]} in about {20 + number} words.")
        for number in range(1, count + 1)
    ]


@pytest.fixture(scope="module")
def model():
    with RunningModel(seed=2) as running:
        yield running


def settings(model):
    return ModelSettings(
        task_model="simulated-small", optimizer_model="simulated-large", base_url=model.url, max_retries=8
    )


async def evolved(model, config=CONFIG, **options):
    sink, events = ListSink(), []
    result = await run_evolution(
        EvolveTask(ListSource(rows(140))),
        config,
        settings(model),
        run_id="e-1",
        on_event=events.append,
        sink=sink,
        **options,
    )
    return result, events, sink


async def test_the_method_gets_better_and_is_applied_with_answers(model):
    model.control(reset=True)
    result, events, sink = await evolved(model)
    assert result.final_rate < result.first_rate
    assert result.holdout.final_score > result.holdout.seed_score
    assert result.calls == model.stats()["answered"]
    assert [row.source.row for row in sink.rows] == list(range(1, 141))
    assert result.evolved > 100
    assert all(row.response for row in sink.rows if row.fate == "evolved")
    assert all(row.text != row.source.text for row in sink.rows if row.fate == "evolved")
    assert result.measured.after.words > result.measured.before.words
    assert "gradients_summarised" in {event.kind for event in events}


async def test_a_provider_that_fails_now_and_then_changes_nothing_but_the_troubles(model):
    config = replace(CONFIG, steps=1)
    calm, calm_events, calm_sink = await evolved(model, config)
    model.control(error_rate=0.05)
    try:
        rough, rough_events, rough_sink = await evolved(model, config, journal=MemoryJournal())
    finally:
        model.control(error_rate=0.0)
    assert rough_sink.rows == calm_sink.rows
    assert [e for e in rough_events[:-1] if is_durable(e)] == [e for e in calm_events[:-1] if is_durable(e)]
    assert dict(rough.troubles).get("overloaded or failing server", 0) > 0
    assert rough.calls == calm.calls
