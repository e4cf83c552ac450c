"""What an evolution promises, shown by whole runs against a scripted model."""

import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.config import Budget
from optimizer.errors import ConfigError, InputError, ModelTimeout, ModelUnreachable
from optimizer.events import HoldoutTested, is_durable
from optimizer.evolution.events import (
    EvolutionFinished,
    EvolutionStarted,
    MethodRejected,
    MethodScored,
    MethodSelected,
    MethodsProposed,
)
from optimizer.evolution.forecast import step_calls
from optimizer.evolution.methods import FIRST_METHOD
from optimizer.instructions.records import Instruction
from optimizer.model.memory_journal import MemoryJournal
from optimizer.model.settings import ModelSettings
from tests.optimizer.evolution.parts import (
    CONFIG,
    METHOD,
    ListSink,
    blocks,
    changed,
    instructions,
    run,
    skilled,
)
from tests.optimizer.scripted import SETTINGS, Shuffled, scripted_pool


def jobs(requests, job):
    return [request for request in requests if request.messages[0].content.startswith(f"Job: {job}\n")]


def of(events, kind):
    return [event for event in events if isinstance(event, kind)]


def durable(events):
    return [event for event in events if is_durable(event)]


async def test_a_better_method_is_found_tested_and_applied_to_every_row():
    result, events, backend, sink = await run()
    assert result.final_rate < result.first_rate
    assert result.verdict == "better"
    assert "*" in result.final_method
    assert result.calls == len(backend.log)
    assert [row.source.row for row in sink.rows] == list(range(1, 101))
    assert (result.rows, result.evolved + result.kept, result.unusable) == (100, 100, 0)
    assert all(row.text.startswith(row.source.text) for row in sink.rows)
    assert isinstance(events[0], EvolutionStarted)
    assert isinstance(events[-1], EvolutionFinished)
    assert result.failure_rate[0] == (0, result.first_rate)
    assert result.failure_rate[-1] == (result.steps, result.final_rate)


async def test_every_accepted_method_is_told_with_its_lineage():
    result, events, *_ = await run()
    accepted = [event for event in of(events, MethodSelected) if event.improved]
    assert [item.id for item in result.lineage] == ["m0", *(event.method for event in accepted)]
    assert [item.parent for item in result.lineage] == ["", *(item.id for item in result.lineage[:-1])]
    for before, event in zip(result.lineage, accepted, strict=False):
        assert event.parent_text == before.text


async def test_a_tie_keeps_the_incumbent():
    def useless(request, attempt):
        reply = skilled(request, attempt)
        return reply.replace("*", "") if request.purpose == "improve-method" else reply

    result, events, *_ = await run(useless)
    assert result.final_method == METHOD
    assert result.first_rate == result.final_rate
    assert not any(event.improved for event in of(events, MethodSelected))
    assert result.verdict == "not shown"


async def test_a_method_that_the_holdout_shows_to_be_worse_gives_way_to_the_first():
    pool, backend = scripted_pool(skilled)
    await run(pool=(pool, backend))
    dev = {blocks(request)["instruction"] for request in jobs(backend.log, "evolve")[:20]}

    def overfitted(request, attempt):
        parts = blocks(request)
        if request.purpose == "evolve" and "*" in parts["method"]:
            bad = "" if parts["instruction"] in dev else " (it)"
            return f"<evolved>\n{parts['instruction']} Give a reason.{bad}\n</evolved>"
        return skilled(request, attempt)

    result, _events, *_ = await run(overfitted)
    assert result.verdict == "worse"
    assert result.final_method == METHOD
    assert result.final_rate == result.first_rate


async def test_the_holdout_is_not_used_before_the_end():
    result, events, backend, _ = await run(config=changed(apply=False))
    tested = {blocks(request)["instruction"] for request in jobs(backend.log, "evolve")[-2 * 20 :]}
    earlier = {blocks(request)["instruction"] for request in jobs(backend.log, "evolve")[: -2 * 20]}
    assert len(tested) == 20
    assert not tested & earlier
    assert len(of(events, HoldoutTested)) == 1
    assert result.rows == 0


async def test_the_order_in_which_calls_finish_changes_nothing():
    seen = []
    for seed in range(3):
        pool, backend = scripted_pool(skilled)
        pool._open_backend = lambda name, settings, seed=seed: Shuffled(skilled, seed)
        _, events, _, sink = await run(pool=(pool, backend))
        seen.append((durable(events), sink.rows))
    assert seen[0] == seen[1] == seen[2]


async def test_equal_seeds_give_equal_runs_and_other_seeds_other_ones():
    first, again, other = await run(), await run(), await run(config=changed(seed=4))
    assert durable(first[1]) == durable(again[1])
    assert first[0].final_method != other[0].final_method


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


async def test_a_failed_row_is_asked_for_once_more_in_another_way_and_else_kept_and_marked():
    def stubborn(request, attempt):
        parts = blocks(request)
        if request.purpose == "evolve" and "thing 7 " in parts["instruction"]:
            return f"<evolved>\n{parts['instruction']}\n</evolved>"
        if request.purpose == "evolve" and "thing 8 " in parts["instruction"] and "failed" not in parts:
            return "I would rather not."
        return skilled(request, attempt)

    result, _, backend, sink = await run(stubborn, changed(steps=0))
    seventh, eighth = sink.rows[6], sink.rows[7]
    assert (seventh.fate, seventh.text, seventh.response) == (
        "kept",
        "Describe thing 7 in a few words.",
        "old answer 7",
    )
    assert seventh.failure.startswith("unchanged")
    assert eighth.fate == "evolved"
    asked = [r for r in jobs(backend.log, "evolve") if "thing 7 " in blocks(r)["instruction"]]
    assert len(asked) == 2
    assert asked[0].temperature == 0
    assert asked[1].temperature > 0
    assert json.loads(blocks(asked[1])["failed"])["reason"] in seventh.failure
    assert dict((item.rule, item.count) for item in result.failures) == {"unchanged": 1}


async def test_a_row_that_never_gets_an_answer_holds_nothing_up_but_a_provider_that_is_down_does():
    def poisoned(request, attempt):
        if "thing 9 " in request.messages[-1].content or "thing 60 " in request.messages[-1].content:
            return ModelTimeout("No answer in time.")
        return skilled(request, attempt)

    once = replace(SETTINGS, max_retries=0, concurrency=4)
    result, _, _, sink = await run(
        poisoned, changed(steps=0), instructions(60), pool=scripted_pool(poisoned, once)
    )
    kept = {row.source.row: row.failure for row in sink.rows if row.failure.startswith("no-answer")}
    assert kept == {9: "no-answer: No answer in time.", 60: "no-answer: No answer in time."}
    assert len(sink.rows) == result.rows == 60

    def down(request, attempt):
        number = int(blocks(request)["instruction"].split()[2])
        return ModelUnreachable("down") if number > 30 else skilled(request, attempt)

    begun, journal = ListSink(), MemoryJournal()
    with pytest.raises(ModelUnreachable):
        await run(down, changed(steps=0), pool=scripted_pool(down, once), sink=begun, journal=journal)
    assert [row.source.row for row in begun.rows] == list(range(1, 31))
    whole, again = (
        await run(config=changed(steps=0)),
        await run(config=changed(steps=0), sink=begun, journal=journal),
    )
    assert begun.rows == whole[3].rows
    assert again[0].calls == whole[0].calls


async def test_without_steps_the_first_method_is_applied_as_it_is():
    result, _events, backend, sink = await run(config=changed(steps=0), method="")
    assert result.final_method == FIRST_METHOD
    assert (result.first_rate, result.holdout, result.steps) == (None, None, 0)
    assert {request.purpose for request in backend.log} == {"evolve"}
    assert result.evolved == len(sink.rows) == 100
    assert result.measured.after.words > result.measured.before.words


async def test_answers_are_written_only_when_asked_for():
    *_, sink = await run(config=changed(steps=0))
    assert {row.response for row in sink.rows if row.fate == "evolved"} == {""}
    *_, sink = await run(config=changed(steps=0, answers=True))
    assert all(row.response == f"Answer to: {row.text}" for row in sink.rows if row.fate == "evolved")


async def test_every_input_row_gives_one_row_also_when_it_cannot_be_used():
    rows = instructions(60, unusable=(1, 17, 60))
    rows[29] = Instruction(30, "x" * 30_000)
    rows[39] = Instruction(40, "   ")
    result, events, _, sink = await run(rows=rows)
    assert [row.source for row in sink.rows] == rows
    assert {row.source.row for row in sink.rows if row.fate == "unusable"} == {1, 17, 30, 40, 60}
    assert (result.rows, result.unusable) == (60, 5)
    assert "30000 characters" in sink.rows[29].failure
    assert events[0].unusable == 5
    assert any("5 of 60 rows" in warning for warning in events[0].warnings)


async def test_unchanged_repeated_and_broken_methods_are_rejected_before_anything_is_paid():
    def careless(request, attempt):
        if request.purpose != "improve-method":
            return skilled(request, attempt)
        kind = int(request.position.split("/c")[1][0])
        given_back = blocks(request)["method"]
        better = f"{METHOD}\n3. Keep the data. *"
        return json.dumps({"methods": [(given_back, better, better)[kind]]})

    _, events, backend, _ = await run(careless, changed(steps=1, apply=False))
    assert [event.why for event in of(events, MethodRejected)] == [
        "The method came back unchanged.",
        "The same method was proposed before.",
    ]
    assert len(of(events, MethodsProposed)[0].methods) == 1
    assert len(set(backend.log)) == len(backend.log)


async def test_a_failure_that_needs_no_answer_costs_none():
    def unchanged(request, attempt):
        if request.purpose == "evolve":
            return f"<evolved>\n{blocks(request)['instruction']}\n</evolved>"
        return skilled(request, attempt)

    result, _, backend, _ = await run(unchanged, changed(steps=1))
    assert result.first_rate == 1.0
    assert not any(request.purpose == "answer" for request in backend.log)


async def test_a_method_that_never_fails_stops_the_search_at_once():
    result, events, *_ = await run(method=f"{METHOD} ***")
    assert (result.stopped_because, result.steps, result.first_rate) == ("perfect", 0, 0.0)
    assert len(of(events, MethodScored)) == 1


async def test_patience_ends_a_search_that_finds_nothing():
    def useless(request, attempt):
        reply = skilled(request, attempt)
        return reply.replace("*", "") if request.purpose == "improve-method" else reply

    result, *_ = await run(useless, changed(steps=9, patience=2, apply=False))
    assert (result.stopped_because, result.steps) == ("patience", 2)


async def test_an_optimizer_model_that_never_answers_in_form_ends_with_the_first_method():
    def chatty(request, attempt):
        if request.purpose in ("analyse", "improve-method", "summarise"):
            return "I'd rather talk."
        return skilled(request, attempt)

    result, *_ = await run(chatty)
    assert result.final_method == METHOD
    assert dict(result.troubles)["unreadable reply"] > 0


async def test_each_model_has_its_own_name():
    asked = set()
    named = ModelSettings(
        task_model="simulated-t",
        optimizer_model="simulated-o",
        evol_model="simulated-e",
        answer_model="simulated-a",
    )
    pool, backend = scripted_pool(skilled, named)
    opened = pool._open_backend

    def noting(name, given):
        asked.add(name)
        return opened(name, given)

    pool._open_backend = noting
    await run(pool=(pool, backend))
    assert asked == {"simulated-e", "simulated-a", "simulated-o"}


async def test_the_judge_has_the_last_word_and_scores_the_measured_rows():
    def strict(request, attempt):
        if request.purpose == "judge":
            case = json.loads(blocks(request)["case"])
            good = case["answer"] != case["input"] and "thing 1" not in case["input"]
            return json.dumps({"score": int(good), "reason": "It is about thing 1."})
        return skilled(request, attempt)

    result, _, backend, sink = await run(strict, changed(steps=0, judge="It is not about thing 1."))
    kept = [row for row in sink.rows if "thing 1" in row.source.text]
    assert {row.failure for row in kept} == {"judge: It is about thing 1."}
    assert result.measured.before.judged == 0.0
    assert 0 < result.measured.after.judged < 1
    assert result.calls == len(backend.log)


@pytest.mark.parametrize(("rows", "dev", "holdout"), [(5, 2, 0), (40, 17, 17), (46, 20, 20), (200, 20, 20)])
async def test_small_data_makes_small_sets_and_says_so(rows, dev, holdout):
    result, events, _, sink = await run(rows=instructions(rows))
    started = events[0]
    assert (started.dev, started.holdout) == (dev, holdout)
    assert bool(started.warnings) == (rows < 46)
    assert (result.holdout is None) == (holdout == 0)
    assert len(sink.rows) == rows


async def test_data_too_small_to_compare_methods_is_refused_with_a_way_out():
    with pytest.raises(InputError, match="steps=0"):
        await run(rows=instructions(3))
    with pytest.raises(InputError, match="no usable"):
        await run(rows=instructions(3, unusable=(1, 2, 3)))
    result, *_ = await run(rows=instructions(3), config=changed(steps=0))
    assert result.rows == 3


async def test_a_step_never_takes_more_calls_than_its_formula():
    config = changed(steps=4, candidates=5, batch=10, dev=50, first_rung=10, rounds=1, apply=False)
    _, events, _, _ = await run(config=config, rows=instructions(300))
    calls = [event.calls for event in of(events, MethodSelected)]
    assert step_calls(config, 5, 10, 50) == 291
    assert all(after - before <= 291 for before, after in itertools.pairwise(calls))
    assert calls[0] <= 291 + 100


async def test_several_rounds_evolve_what_came_before():
    _, _events, backend, _ = await run(config=changed(rounds=3, steps=1, apply=False))
    line = json.loads(blocks(jobs(backend.log, "analyse")[0])["trajectories"].splitlines()[0])
    assert 2 <= len(line["stages"]) <= 4
    assert line["stages"][1].startswith(line["stages"][0])
    assert CONFIG.rounds == 1
