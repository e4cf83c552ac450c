"""Rows evolved in shards come out as if they had been evolved in one piece, at any size of a shard."""

import asyncio
import dataclasses
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.config import Budget
from optimizer.control import RunControl
from optimizer.errors import ConfigError, InputError, ModelUnreachable, OutputError
from optimizer.evolution.sharding.crew import LoneCrew
from optimizer.evolution.sharding.plan import PLAN, ShardPlan
from optimizer.evolution.sharding.sharded import Sharding
from optimizer.instructions.address import address_of
from optimizer.instructions.folder import Folder
from optimizer.model.memory_journal import MemoryJournal
from tests.optimizer.evolution.parts import ListSink, changed, instructions, run, skilled
from tests.optimizer.scripted import scripted_pool

ROWS = instructions(83, unusable={4, 5, 70})
QUICK = changed(steps=1, candidates=2, dev=12, holdout=8)


async def evolved(folder, rows_each, config=QUICK, script=skilled, journal=None, crew=None, **options):
    """Evolve ``ROWS``, in shards unless ``rows_each`` is None."""
    pool, backend = scripted_pool(script)
    journal = journal or MemoryJournal()
    sharding = (
        Sharding(address_of(str(folder), "out"), rows_each, (crew or LoneCrew)(pool, journal))
        if rows_each
        else None
    )
    return await run(
        config=config, rows=ROWS, pool=(pool, backend), journal=journal, sharding=sharding, **options
    )


def told(result):
    fields = dataclasses.asdict(result)
    fields.pop("seconds")
    fields["cost"] = round(fields["cost"], 6)
    return fields


def durable(events):
    return [
        dataclasses.replace(event, cost=0) if event.kind == "evolution_finished" else event
        for event in events
        if event.kind != "progress"
    ]


@settings(max_examples=12, deadline=None)
@given(
    rows_each=st.integers(1, 100),
    answers=st.booleans(),
    judged=st.booleans(),
    calls=st.sampled_from([None, 0, 25, 400]),
)
def test_any_size_of_a_shard_gives_the_rows_report_and_account_of_one_piece(
    rows_each, answers, judged, calls
):
    config = dataclasses.replace(QUICK, answers=answers, judge="It is hard." if judged else "")
    if calls is not None:
        with pytest.raises(ConfigError) as refused:
            asyncio.run(evolved(None, None, dataclasses.replace(config, budget=Budget(calls=1))))
        needed = int(re.findall(r"\d+", refused.value.fix)[0])
        config = dataclasses.replace(config, budget=Budget(calls=needed + calls))
    whole, whole_events, paid, whole_sink = asyncio.run(evolved(None, None, config))
    with TemporaryDirectory() as folder:
        cut, events, paid_in_shards, sink = asyncio.run(evolved(folder, rows_each, config))
        parts = sorted(Path(folder).glob("*/part-*.jsonl"))
    assert len(parts) == -(-len(ROWS) // rows_each)
    assert told(cut) == told(whole)
    assert durable(events) == durable(whole_events)
    assert [(r.source.row, r.source.original, r.fate, r.text, r.response, r.failure) for r in sink.rows] == [
        (r.source.row, r.source.original, r.fate, r.text, r.response, r.failure) for r in whole_sink.rows
    ]
    assert len(paid_in_shards.log) == len(paid.log) == cut.calls


async def test_a_budget_in_tokens_holds_over_all_shards_and_the_rows_left_out_are_named(tmp_path):
    config = dataclasses.replace(QUICK, evolve_max_tokens=20, answer_max_tokens=20)
    free, _, _, _ = await evolved(tmp_path / "free", 10, config)
    limit = free.input_tokens + free.output_tokens - 300
    cut, _, _, sink = await evolved(
        tmp_path / "tight", 10, dataclasses.replace(config, budget=Budget(tokens=limit))
    )
    assert cut.input_tokens + cut.output_tokens <= limit
    assert cut.stopped_because == "budget"
    assert len(sink.rows) == len(ROWS)
    left_out = [row for row in sink.rows if row.failure.startswith("budget: ")]
    assert left_out
    assert all(row.fate == "kept" for row in left_out)


class Dying(LoneCrew):
    """Works on some shards and then has no model any more."""

    async def work(self, run_id, folder, numbers, control, on_end):
        await super().work(run_id, folder, sorted(numbers)[:3], control, on_end)
        raise ModelUnreachable("The model cannot be reached.")


async def test_a_finished_part_is_never_done_again(tmp_path):
    journal = MemoryJournal()
    with pytest.raises(ModelUnreachable):
        await evolved(tmp_path, 10, journal=journal, crew=Dying)
    parts = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*/part-*")}
    assert len(parts) == 6
    result, _, _, sink = await evolved(tmp_path, 10, journal=MemoryJournal())
    assert {path: path.stat().st_mtime_ns for path in parts} == parts
    whole, _, _, whole_sink = await evolved(None, None)
    assert told(result) == told(whole)
    assert [row.text for row in sink.rows] == [row.text for row in whole_sink.rows]


async def test_a_run_that_is_stopped_keeps_its_parts_tells_what_it_spent_and_goes_on(tmp_path):
    control, journal = RunControl(), MemoryJournal()

    def stopping(request, attempt):
        if len(list(tmp_path.glob("*/part-*.json"))) == 3:
            control.cancel()
        return skilled(request, attempt)

    stopped, _, backend, _ = await evolved(tmp_path, 10, script=stopping, journal=journal, control=control)
    assert stopped.stopped_because == "cancelled"
    assert stopped.rows == 0
    assert len(list(tmp_path.glob("*/part-*.json"))) == 3
    assert 0 <= len(backend.log) - stopped.calls <= 32
    result, _, _, _ = await evolved(tmp_path, 10, journal=journal)
    whole, _, _, _ = await evolved(None, None)
    assert told(result) == told(whole)


async def test_a_part_that_is_torn_or_missing_is_done_again_from_the_journal(tmp_path):
    journal = MemoryJournal()
    first, _, _, _ = await evolved(tmp_path, 10, journal=journal)
    parts = sorted(tmp_path.glob("*/part-*.jsonl"))
    parts[1].write_bytes(parts[1].read_bytes()[:-40])
    parts[2].unlink()
    again, _, backend, sink = await evolved(tmp_path, 10, journal=journal)
    assert not backend.log
    assert told(again) == told(first)
    assert [row.source.row for row in sink.rows] == list(range(1, len(ROWS) + 1))


async def test_another_method_or_other_settings_begin_other_parts(tmp_path):
    await evolved(tmp_path, 10)
    await evolved(tmp_path, 10, dataclasses.replace(QUICK, answers=True))
    await evolved(tmp_path, 11)
    plans = [ShardPlan.from_json(path.read_bytes()) for path in tmp_path.glob(f"*/{PLAN}")]
    assert len(plans) == 3
    assert {len(plan.shards) for plan in plans} == {9, 8}


async def test_rows_that_are_written_already_are_not_written_again(tmp_path):
    _, _, _, sink = await evolved(tmp_path, 10)
    half = ListSink(sink.rows[:37])
    _, _, _, again = await evolved(tmp_path, 10, sink=half)
    assert [row.source.row for row in again.rows] == list(range(1, len(ROWS) + 1))


def test_a_folder_in_memory_holds_whole_files_or_none(tmp_path):
    folder = Folder(address_of("memory://bucket/run", "out"))
    assert folder.size("a") is None
    assert folder.read("a") is None
    folder.write("a", b"one")
    folder.write("a", b"three")
    (tmp_path / "b").write_bytes(b"12")
    folder.put(tmp_path / "b", "b")
    assert (folder.read("a"), folder.size("b")) == (b"three", 2)
    folder.fetch("a", tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == b"three"
    folder.erase()
    folder.erase()
    assert folder.read("a") is None
    with pytest.raises(InputError, match="nothing at memory://bucket/run/a"):
        folder.fetch("a", tmp_path / "c")


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        Folder(address_of(str(tmp_path / "file"), "out")).write("a", b"x")


@pytest.mark.parametrize(
    "text",
    ["s3://KEY:SECRET@bucket/x", "https://host/x?X-Amz-Signature=SECRET", "simplecache::s3://SECRET/x"],
)
def test_an_address_with_credentials_is_refused_and_not_repeated(text):
    with pytest.raises(InputError) as refused:
        address_of(text, "out")
    assert "SECRET" not in str(refused.value)
    assert "KEY" not in str(refused.value).replace("_KEY_", "")
