"""Bot and worker as processes, asked from outside how they are."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from storage.store import Store
from tests.bot.several import free_port
from tests.service.processes import ask_for_a_run, environment, process, slack_environment

pytestmark = pytest.mark.timeout(240)


class Side:
    """The side server of a process, on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.env = {"PROMPTBEAM_HEALTH_PORT": str(self.port)}

    def get(self, path: str) -> tuple[int, str]:
        """Status and text; 0 while nobody answers."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)
        except httpx.TransportError:
            return 0, ""
        return answer.status_code, answer.text

    def says(self, status: int, words: str) -> bool:
        """Whether it answers so when it is asked for its readiness."""
        found, text = self.get("/readyz")
        return found == status and words in text

    def figure(self, line: str) -> float:
        """A metric by name and labels as they are shown."""
        found = re.search(rf"^{re.escape(line)} (\S+)$", self.get("/metrics")[1], re.MULTILINE)
        return float(found[1]) if found else 0.0


def test_the_bot_is_ready_while_it_is_connected_and_alone_and_counts_what_it_does(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    bot, other = Side(), Side()
    env = {**environment(model), **slack_environment(workspace), "PROMPTBEAM_DATA": str(tmp_path / "data")}
    with (
        process(tmp_path / "bot", {**env, **bot.env}, "bot") as running,
        process(tmp_path / "other", {**env, **other.env}, "bot") as waiting,
    ):
        workspace.wait(lambda: bot.says(200, "ready") or other.says(200, "ready"), 90, "a bot that is ready")
        if other.says(200, "ready"):
            bot, other, running, waiting = other, bot, waiting, running
        workspace.wait(lambda: other.says(503, "another bot is at work"), 60, "the other one to wait")
        assert other.get("/healthz") == (200, "ok\n"), "waiting is no reason to be restarted"

        ask_for_a_run(workspace)
        store = Store(tmp_path / "data")
        done = 'promptbeam_runs{kind="optimize",status="done"}'
        workspace.wait(lambda: bot.figure(done) == 1, 90, "the end of the run")
        ((run_id,),) = store.database.rows("SELECT id FROM runs")
        paid = sum(
            bot.figure(f'promptbeam_model_calls_total{{model="{name}"}}')
            for name in ("simulated-small", "simulated-large")
        )
        assert paid == store.journal.spending(run_id).calls > 0
        store.close()
        assert bot.figure('promptbeam_slack_calls_total{method="chat.postMessage",outcome="sent"}') > 3
        assert bot.figure("promptbeam_slack_acknowledgement_seconds_count") >= 2
        assert bot.figure("promptbeam_queue_length") == 0
        told = "".join(bot.get(path)[1] + other.get(path)[1] for path in ("/metrics", "/readyz", "/nowhere"))
        for secret in (
            workspace.bot_token,
            workspace.app_token,
            run_id,
            "U000ALICE01",
            "C00PROMPTS1",
            "ticket",
        ):
            assert secret not in told
        assert not re.search(r"alice|team handle|tickets\.csv|T0SANDBOX1", told)

        workspace.fail_next("apps.connections.open", error="internal_error", count=1_000)
        workspace.run(workspace.workspace.socket_mode.close())
        workspace.wait(
            lambda: bot.says(503, "there is no connection to Slack"), 60, "the end of the connection"
        )
        workspace.do(workspace.workspace.faults.clear)
        workspace.wait(lambda: bot.says(200, "ready"), 90, "the next connection")

        assert running.end() == 0
        workspace.wait(lambda: other.says(200, "ready"), 90, "the other one's turn")
        assert waiting.end() == 0


def test_a_worker_is_ready_when_its_queue_runs(model: RunningModel, postgres: str, tmp_path: Path):
    side = Side()
    env = environment(model, DATABASE_URL=postgres, PROMPTBEAM_WORKER_NAME="one", **side.env)
    with process(tmp_path / "worker", env, "worker") as worker, RunningWorkspace() as clock:
        clock.wait(lambda: side.says(200, "ready"), 90, "the worker")
        assert side.figure("promptbeam_work_here") == 0
        assert postgres not in side.get("/metrics")[1] + side.get("/readyz")[1]
        assert worker.end() == 0
