"""Every row of the data has its place in the result, whatever the model does with it."""

import json
from dataclasses import replace

import pytest

from optimizer.errors import ModelTimeout, ModelUnreachable
from optimizer.instructions.records import Instruction
from optimizer.model.memory_journal import MemoryJournal
from tests.optimizer.evolution.parts import (
    CONFIG,
    ListSink,
    blocks,
    changed,
    instructions,
    jobs,
    run,
    skilled,
)
from tests.optimizer.scripted import SETTINGS, scripted_pool


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


async def test_several_rounds_evolve_what_came_before():
    _, _events, backend, _ = await run(config=changed(rounds=3, steps=1, apply=False))
    line = json.loads(blocks(jobs(backend.log, "analyse")[0])["trajectories"].splitlines()[0])
    assert 2 <= len(line["stages"]) <= 4
    assert line["stages"][1].startswith(line["stages"][0])
    assert CONFIG.rounds == 1
