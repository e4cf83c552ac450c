"""Budgets of an evolution hold, and a run started again pays no finished call."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.config import Budget
from optimizer.errors import ConfigError, ModelUnreachable
from optimizer.evolution.events import MethodSelected
from optimizer.evolution.forecast import step_calls
from optimizer.model.memory_journal import MemoryJournal
from tests.optimizer.evolution.parts import ListSink, changed, durable, instructions, of, run, skilled
from tests.optimizer.scripted import SETTINGS, scripted_pool


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.integers(220, 700))
async def test_a_budget_in_calls_is_never_exceeded_and_every_row_is_there(calls):
    result, _, backend, sink = await run(config=changed(budget=Budget(calls=calls)))
    assert len(backend.log) <= calls
    assert result.calls == len(backend.log)
    assert [row.source.row for row in sink.rows] == list(range(1, 101))
    assert result.holdout is not None
    assert all("budget" not in row.failure for row in sink.rows)


@pytest.mark.parametrize("tokens", [500, 4_000, 9_000, 30_000])
async def test_a_budget_in_tokens_holds_and_the_rest_of_the_rows_stays_as_it_was(tokens):
    config = changed(
        budget=Budget(tokens=tokens), evolve_max_tokens=20, answer_max_tokens=20, optimizer_max_tokens=20
    )
    result, _, _, sink = await run(config=config)
    assert result.input_tokens + result.output_tokens <= tokens
    assert [row.source.row for row in sink.rows] == list(range(1, 101))
    for row in sink.rows:
        if row.failure.startswith("budget"):
            assert (row.fate, row.text, row.response) == ("kept", row.source.text, row.source.response)


async def test_a_budget_that_cannot_do_every_row_is_refused_before_anything_is_paid():
    pool, backend = scripted_pool(skilled)
    with pytest.raises(ConfigError, match="at least 220"):
        await run(config=changed(budget=Budget(calls=219)), pool=(pool, backend))
    assert backend.log == []


@pytest.mark.parametrize("paid", [1, 30, 120, 250, 310])
async def test_a_run_started_again_repeats_no_call_and_ends_the_same(paid):
    whole, events, _, written = await run()
    journal, sink, limit = MemoryJournal(), ListSink(), [paid]

    def dying(request, attempt):
        limit[0] -= 1
        return ModelUnreachable("down") if limit[0] < 0 else skilled(request, attempt)

    pool = scripted_pool(dying, replace(SETTINGS, max_retries=0))
    with pytest.raises(ModelUnreachable):
        await run(pool=pool, journal=journal, sink=sink)
    begun = len(sink.rows)
    result, again, backend, _ = await run(journal=journal, sink=sink)
    assert durable(again) == durable(events)
    assert sink.rows == written.rows
    assert result.calls == whole.calls
    assert len(backend.log) + paid == whole.calls
    assert (begun > 0) == (paid > 300)


async def test_a_step_never_takes_more_calls_than_its_formula():
    config = changed(steps=4, candidates=5, batch=10, dev=50, first_rung=10, rounds=1, apply=False)
    _, events, _, _ = await run(config=config, rows=instructions(300))
    calls = [event.calls for event in of(events, MethodSelected)]
    assert step_calls(config, 5, 10, 50) == 291
    assert all(after - before <= 291 for before, after in itertools.pairwise(calls))
    assert calls[0] <= 291 + 100
