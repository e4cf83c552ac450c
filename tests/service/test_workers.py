"""Workers that share a bot's runs through PostgreSQL: killed, replaced, and never seen twice."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from storage.runs import RunRecord
from storage.store import Store
from tests.bot.office import UNDER_WAY
from tests.service.processes import (
    Process,
    ask_for_a_run,
    environment,
    process,
    slack_environment,
    told_once,
)
from tests.warm import Command

pytestmark = pytest.mark.timeout(400)
WORKERS = ("one", "two", "three")


def _status(folder: Path, env: dict[str, str]) -> dict:
    out, _ = Command(("status", "--json"), folder=folder, env=env).communicate(timeout=60)
    return dict(json.loads(out))


def _all(store: Store) -> list[RunRecord]:
    return [store.runs.get(run_id) for (run_id,) in store.database.rows("SELECT id FROM runs")]


def test_runs_of_a_killed_worker_end_on_the_others_and_none_is_done_or_told_twice(
    workspace: RunningWorkspace, model: RunningModel, postgres: str, tmp_path: Path
):
    model.control(hold_after=0)
    shared = environment(model, DATABASE_URL=postgres, WORKER_SILENT_SECONDS="6", WORKER_RUNS="2")
    bot_env = {**shared, **slack_environment(workspace), "WORKER_RUNS": "0", "MAX_CONCURRENT_RUNS": "6"}
    with ExitStack() as stack:
        bot = stack.enter_context(process(tmp_path / "bot", bot_env, "bot"))
        workspace.wait(lambda: workspace.workspace.socket_mode.connections > 0, 60, bot.said)
        workers: dict[str, Process] = {}
        for name in WORKERS:
            env = {**shared, "PROMPTBEAM_WORKER_NAME": name}
            assert not any(key.startswith("SLACK_") for key in env)
            workers[name] = stack.enter_context(process(tmp_path / name, env, "worker"))
        for name, worker in workers.items():
            workspace.wait(lambda worker=worker: "is ready" in worker.said, 60, name)
        for number, user in enumerate(("alice", "bob", "carol", "alice", "bob")):
            ask_for_a_run(workspace, user, f"This is desk {number}. ")

        def loaded() -> str:
            model.control(hold_after=40)  # whoever waits longest is answered first, so that all get on
            told = _status(tmp_path / "bot", bot_env)
            busy = [run["worker"] for run in told["runs"] if run["calls"] > 30]
            return max(set(busy), key=busy.count) if len(set(busy)) > 1 else ""

        victim = workspace.wait(loaded, 90, "work on two workers")
        workers[victim].kill()
        model.control(hold_after=-1)
        store = stack.enter_context(Store(tmp_path / "bot" / ".promptbeam"))
        workspace.wait(
            lambda: len(_all(store)) == 5 and all(run.status == "done" for run in _all(store)),
            120,
            "the end of all runs",
        )
        assert [path.name for path in (tmp_path / victim).iterdir() if path.suffix != ".log"] == []
        # Calls in flight when a run changes hands: those of the killed worker, and on a machine so busy
        # that a living worker's heartbeat came late, those of that one.
        moved = sum(one.said.count("left by a dead process") for one in (bot, *workers.values()))
        assert moved >= 1
        assert model.stats()["repeated"] <= 8 * moved, model.stats()
        told_once(workspace)
        for run in _all(store):
            kinds = [event.kind for event in store.runs.events(run.id)]
            assert kinds.count("run_started") == kinds.count("run_finished") == 1
        told = _status(tmp_path / "bot", bot_env)
        assert (told["waiting"], told["under_way"], told["runs"]) == (0, 0, [])
        assert bot.end() == 0
        for name in set(WORKERS) - {victim}:
            assert workers[name].end() == 0, workers[name].said
            assert "Traceback" not in workers[name].said


def test_two_bots_against_one_workspace_do_not_post_twice(
    workspace: RunningWorkspace, model: RunningModel, postgres: str, tmp_path: Path
):
    model.control(hold_after=UNDER_WAY)
    env = {**environment(model, DATABASE_URL=postgres), **slack_environment(workspace)}
    with process(tmp_path / "bot", env, "bot") as first:
        workspace.wait(lambda: "is ready" in first.said, 60, "the first bot")
        with (
            process(tmp_path / "bot", env, "bot") as second,
            process(tmp_path / "elsewhere", env, "bot") as third,
        ):
            for waiting in (second, third):
                workspace.wait(lambda one=waiting: "Another bot is at work" in one.said, 60, "a second bot")
            ask_for_a_run(workspace)
            workspace.wait_for(lambda message: "*Start:*" in message["text"], 60)
            assert workspace.workspace.socket_mode.connections == 1
            third.end()
            first.kill()
            model.control(hold_after=-1)
            workspace.wait_for(lambda message: "held-out examples" in message["text"], 120)
            assert "is ready" in second.said
            told_once(workspace)


def test_a_bot_alone_works_on_its_runs_in_the_shared_database(
    workspace: RunningWorkspace, model: RunningModel, postgres: str, tmp_path: Path
):
    env = {**environment(model, DATABASE_URL=postgres), **slack_environment(workspace)}
    with process(tmp_path, env, "bot") as bot:
        workspace.wait(lambda: "is ready" in bot.said, 60, "the bot")
        ask_for_a_run(workspace)
        workspace.wait_for(lambda message: "held-out examples" in message["text"], 90)
        assert bot.end() == 0
        assert "Traceback" not in bot.said


def test_a_worker_without_a_database_or_under_a_living_name_says_what_to_do(
    model: RunningModel, postgres: str, tmp_path: Path
):
    with process(tmp_path / "a", environment(model), "worker") as lost:
        lost._process.wait(30)
        assert "DATABASE_URL is missing" in lost.said
    env = environment(model, DATABASE_URL=postgres, PROMPTBEAM_WORKER_NAME="same")
    with process(tmp_path / "b", env, "worker") as first:
        while "is ready" not in first.said:
            assert first.alive, first.said
        with process(tmp_path / "c", env, "worker") as second:
            assert second._process.wait(30) == 2
            assert "PROMPTBEAM_WORKER_NAME" in second.said
