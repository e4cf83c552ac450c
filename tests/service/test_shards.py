"""Large data over the queue: shards taken by any worker, a worker killed in the middle of one, nothing twice."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as parquet
import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from tests.instructions.files import jsonl
from tests.service.processes import Process, environment, process, slack_environment, told_once

CONCURRENCY = 4
SUBJECTS = ("a pallet", "a van", "a scanner", "a label", "an invoice", "a depot")
ROWS: list[dict[str, str]] = [
    {
        "instruction": f"Explain to colleague number {n} how {SUBJECTS[n % 6]} is checked on day {n % 31}.",
        "output": "",
    }
    for n in range(400)
]
ROWS[33] = {"instruction": "", "output": "empty"}
ROWS[200] = ROWS[7]
OPTIONS = (
    *("--steps", "1", "--candidates", "2", "--batch", "6", "--dev", "12", "--holdout", "8", "--answers"),
    *("--task-model", "simulated-s", "--optimizer-model", "simulated-l"),
)
FILES = ("method.txt", "evolved.jsonl", "evolved.parquet", "failed.jsonl")


def wait(until: Callable[[], Any], seconds: float, what: str) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := until()):
        assert time.monotonic() < deadline, f"no {what} after {seconds} s"
        time.sleep(0.02)
    return found


def report(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "report.json").read_text())
    for changing in ("run_id", "wall_seconds"):
        told.pop(changing)
    for event in told["events"]:
        event.pop("run_id", None)
    return told


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(jsonl(ROWS))
    return path


def undisturbed(tmp_path: Path, data: Path, model: RunningModel) -> tuple[dict[str, Any], int]:
    """The run in one piece: its report, and how many calls the model was asked for twice."""
    folder = tmp_path / "calm"
    env = environment(model, PROMPTBEAM_CONCURRENCY="16")
    with process(folder, env, "evolve", str(data), *OPTIONS, "--out", "res") as calm:
        assert calm._process.wait(120) == 0, calm.said
    repeated = int(model.stats()["repeated"])
    model.control(reset=True)
    return report(folder / "res"), repeated


def holders(url: str) -> dict[str, str]:
    """Shard -> name of the process that works on it."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT run_id, worker FROM promptbeam.work WHERE outcome IS NULL AND worker <> ''"
        ).fetchall()
    return {shard: worker.partition("/")[0] for shard, worker in rows}


def test_a_worker_killed_in_the_middle_of_a_shard_costs_no_row_and_no_finished_call(
    model: RunningModel, postgres: str, tmp_path: Path, data: Path
):
    calm, calm_repeated = undisturbed(tmp_path, data, model)
    out = f"file://{tmp_path / 'shared'}"
    model.control(hold_after=calm["calls"] * 2 // 3)  # in the middle of shards, some others are done
    env = environment(
        model,
        DATABASE_URL=postgres,
        WORKER_SILENT_SECONDS="3",
        PROMPTBEAM_CONCURRENCY=str(CONCURRENCY),
        AWS_SECRET_ACCESS_KEY="never-to-be-seen",
    )
    with ExitStack() as stack:
        workers: dict[str, Process] = {}
        for name in ("one", "two"):
            named = {**env, "PROMPTBEAM_WORKER_NAME": name}
            workers[name] = stack.enter_context(process(tmp_path / name, named, "worker"))
        for name, worker in workers.items():
            wait(lambda worker=worker: "is ready" in worker.said, 60, f"worker {name}")  # type: ignore[misc]
        arguments = ("evolve", str(data), *OPTIONS, "--shard-rows", "25", "--out", out)
        run = stack.enter_context(process(tmp_path / "terminal", env, *arguments))

        def victim() -> str:
            parts = list((tmp_path / "shared").glob("parts-*/*/part-*.json"))
            busy = [name for name in holders(postgres).values() if name in workers]
            return busy[0] if len(parts) >= 2 and len(set(holders(postgres).values())) > 1 and busy else ""

        killed = wait(victim, 90, "work on a shard by a worker")
        held = {shard for shard, name in holders(postgres).items() if name == killed}
        workers[killed].kill()
        assert held
        model.control(hold_after=-1)
        assert run._process.wait(120) == 0, run.said
        stats = model.stats()
        with psycopg.connect(postgres) as connection:
            left = connection.execute("SELECT count(*) FROM promptbeam.runs").fetchone()
            stored = connection.execute(
                "SELECT count(*), count(DISTINCT key) FROM promptbeam.calls"
            ).fetchone()
            dumped = connection.execute("SELECT request FROM promptbeam.runs").fetchall()
        survivor = workers[next(name for name in workers if name != killed)]
        assert survivor.end() == 0
        assert "Traceback" not in survivor.said + run.said, survivor.said[-6000:]
    result = tmp_path / "shared"
    rough = report(result)
    for name in FILES:
        assert (result / name).read_bytes() == (tmp_path / "calm" / "res" / name).read_bytes(), name
    rows = [json.loads(line) for line in (result / "evolved.jsonl").read_bytes().splitlines()]
    assert len(rows) == len(ROWS) == parquet.read_metadata(result / "evolved.parquet").num_rows
    assert rough["rows"] == calm["rows"]
    assert [event["kind"] for event in rough["events"]] == [event["kind"] for event in calm["events"]]
    # What two processes ask for at the same moment is paid twice; else the accounts are the same.
    assert calm["calls"] <= rough["calls"] <= calm["calls"] + 3 * CONCURRENCY
    assert stats["repeated"] - calm_repeated <= 3 * CONCURRENCY
    assert stored is not None
    assert stored[0] - stored[1] <= 3 * CONCURRENCY
    assert left == (0,), "shards are forgotten when they are joined"
    assert not list(result.glob("parts-*")), "pieces and parts are cleared away"
    for said in (
        run.said,
        survivor.said,
        workers[killed].said,
        str(dumped),
        result.joinpath("report.json").read_text(),
    ):
        assert "never-to-be-seen" not in said


def test_a_run_stopped_and_killed_at_the_terminal_goes_on_with_the_parts_it_has(
    model: RunningModel, tmp_path: Path, data: Path
):
    calm, calm_repeated = undisturbed(tmp_path, data, model)
    model.control(latency_ms=15)
    env, folder = environment(model, PROMPTBEAM_CONCURRENCY=str(CONCURRENCY)), tmp_path / "rough"
    arguments: tuple[str, ...] = ("evolve", str(data), *OPTIONS, "--shard-rows", "30", "--out", "res")
    for parts, end in ((2, signal.SIGKILL), (5, signal.SIGINT), (9, signal.SIGKILL)):
        most = calm["calls"] - 100 - model.stats()["answered"]
        model.control(hold_after=most)  # so that it cannot end before it is stopped
        with process(folder, env, *arguments) as run:

            def enough(parts: int = parts) -> bool:
                return len(list(folder.glob(".promptbeam/evolved/*/*/part-*.json"))) >= parts

            wait(enough, 60, f"{parts} parts")
            run._process.send_signal(end)
            code = run._process.wait(60)
            assert code == (0 if end == signal.SIGINT else -9), run.said
            assert ("To go on with it: promptbeam evolve --resume" in run.said) == (end == signal.SIGINT)
            before = {p: p.stat().st_mtime_ns for p in folder.glob(".promptbeam/evolved/*/*/part-*")}
        run_id = next(folder.glob(".promptbeam/evolved/r-*/")).name
        arguments = ("evolve", "--resume", run_id, *OPTIONS[-4:], "--out", "res")
    model.control(latency_ms=0, hold_after=-1)
    with process(folder, env, *arguments) as run:
        wait(lambda: all(p.exists() for p in before) or not run.alive, 30, "parts")
        assert run._process.wait(120) == 0, run.said
    stats = model.stats()
    told = report(folder / "res")
    assert {**told, "events": []} == {**calm, "events": []}
    for name in FILES:
        assert (folder / "res" / name).read_bytes() == (tmp_path / "calm" / "res" / name).read_bytes(), name
    assert stats["repeated"] <= calm_repeated + 2 * CONCURRENCY
    assert not list(folder.glob(".promptbeam/evolved/r-*/")), "pieces and parts are cleared away"


def test_an_evolution_from_slack_is_cut_into_shards_that_a_single_worker_does_beside_its_run(
    workspace: RunningWorkspace, model: RunningModel, postgres: str, tmp_path: Path
):
    shared = environment(
        model,
        DATABASE_URL=postgres,
        WORKER_RUNS="1",
        PROMPTBEAM_SHARD_ADDRESS=f"file://{tmp_path / 'bucket'}",
        PROMPTBEAM_SHARD_ROWS="7",
    )
    bot_env = {**shared, **slack_environment(workspace), "WORKER_RUNS": "0"}
    with (
        process(tmp_path / "bot", bot_env, "bot") as bot,
        process(tmp_path / "one", {**shared, "PROMPTBEAM_WORKER_NAME": "one"}, "worker") as worker,
    ):
        workspace.wait(lambda: "is ready" in bot.said, 60, "the bot")
        workspace.wait(lambda: "is ready" in worker.said, 60, "the worker")
        workspace.slash("alice", "prompts", "/evolve")
        workspace.view("alice", 30)
        values = {"data": [("tasks.jsonl", jsonl(ROWS[:60]))], "effort": "quick"}
        assert workspace.submit("alice", values) == {}
        workspace.wait_for(lambda message: "of 60 rows evolved" in message["text"], 120)
        told_once(workspace)
        with psycopg.connect(postgres) as connection:
            parts = connection.execute(
                "SELECT DISTINCT split_part(purpose, '@', 2) FROM promptbeam.calls WHERE purpose LIKE '%@%'"
            ).fetchall()
        paid = {int(part) for (part,) in parts}  # rows that the search has evolved cost nothing again
        assert paid <= set(range(9))
        assert len(paid) >= 5
        with psycopg.connect(postgres) as connection:
            foreign = connection.execute("SELECT count(*) FROM promptbeam.calls WHERE key NOT LIKE '_%/%'")
            assert foreign.fetchone() == (0,), "shards share the journal of their run's workspace, no other"
        assert not list((tmp_path / "bucket").glob("r-*"))
        assert worker.end() == 0
        assert "Traceback" not in bot.said + worker.said
