"""What an evolution promises, shown by whole runs against a scripted model."""

import json

import pytest

from optimizer.errors import InputError
from optimizer.evolution.events import (
    EvolutionFinished,
    EvolutionStarted,
    MethodRejected,
    MethodScored,
    MethodSelected,
    MethodsProposed,
)
from optimizer.evolution.methods import FIRST_METHOD
from optimizer.holdout_events import HoldoutTested
from optimizer.model.settings import ModelSettings
from tests.optimizer.evolution.parts import (
    METHOD,
    blocks,
    changed,
    durable,
    instructions,
    jobs,
    of,
    run,
    skilled,
)
from tests.optimizer.scripted import Shuffled, scripted_pool


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


async def test_without_steps_the_first_method_is_applied_as_it_is():
    result, _events, backend, sink = await run(config=changed(steps=0), method="")
    assert result.final_method == FIRST_METHOD
    assert (result.first_rate, result.holdout, result.steps) == (None, None, 0)
    assert {request.purpose for request in backend.log} == {"evolve"}
    assert result.evolved == len(sink.rows) == 100
    assert result.measured.after.words > result.measured.before.words


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
    with pytest.raises(InputError, match="set steps to 0"):
        await run(rows=instructions(3))
    with pytest.raises(InputError, match="no usable"):
        await run(rows=instructions(3, unusable=(1, 2, 3)))
    result, *_ = await run(rows=instructions(3), config=changed(steps=0))
    assert result.rows == 3
