"""The bot as a process of its own: ready, stopped politely, killed, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from storage.store import Store
from tests.bot.office import PROMPT, TICKETS, UNDER_WAY, run_id_of, shown

ROOT = Path(__file__).parents[2]


@contextmanager
def _process(
    workspace: RunningWorkspace, model: RunningModel, folder: Path
) -> Iterator[subprocess.Popen[str]]:
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "OPENAI_"))},
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
        "OPENAI_BASE_URL": model.url,
        "PROMPTBEAM_TASK_MODEL": "simulated-small",
        "PROMPTBEAM_OPTIMIZER_MODEL": "simulated-large",
        "PROMPTBEAM_DATA": str(folder / "data"),
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from bot.cli.main import main; main()", "bot"],
        env=env,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        workspace.wait(lambda: workspace.workspace.socket_mode.connections > 0, 60, "the bot's connection")
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _start_a_run(workspace: RunningWorkspace) -> dict[str, Any]:
    workspace.slash("alice", "prompts", "/optimize")
    workspace.view("alice", 30)
    assert workspace.submit("alice", {"prompt": PROMPT, "examples": [("tickets.csv", TICKETS)]}) == {}
    workspace.wait_for(lambda message: "*Start:*" in message["text"], 60)
    found: dict[str, Any] = workspace.wait_for(lambda message: "Run r-" in shown(message), 60)
    return found


def test_sigterm_ends_the_bot_cleanly_and_says_that_the_run_is_paused(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    model.control(hold_after=UNDER_WAY)
    with _process(workspace, model, tmp_path) as process:
        _start_a_run(workspace)
        process.send_signal(signal.SIGTERM)
        workspace.wait_for(lambda message: "Paused" in shown(message), 60)
        model.control(hold_after=-1, latency_ms=500)  # it sees its last calls through, and makes no others
        output, _ = process.communicate(timeout=40)
        assert process.returncode == 0, output
        assert "Traceback" not in output
    workspace.wait_for(lambda message: "Paused" in shown(message), 60)


def test_a_killed_bot_goes_on_in_the_same_thread_and_says_nothing_twice(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    model.control(hold_after=UNDER_WAY)
    with _process(workspace, model, tmp_path) as process:
        parent = _start_a_run(workspace)
        process.kill()
        process.wait()
    workspace.wait(lambda: workspace.workspace.socket_mode.connections == 0, 20, "the end of the connection")
    model.control(hold_after=-1)
    with _process(workspace, model, tmp_path):
        final = workspace.wait_for(lambda message: "held-out examples" in message["text"], 90)
        assert final["thread_ts"] == parent["ts"]
        with Store(tmp_path / "data") as store:
            run_id = run_id_of(parent)
            workspace.wait(lambda: store.runs.get(run_id).status == "done", 60, "the end of the run")
    texts = [m["text"] for m in workspace.messages("prompts", thread_ts=parent["ts"]) if m["text"]]
    assert len(texts) == len(set(texts))
