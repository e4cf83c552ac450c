"""Bot and workers as processes of their own, with the environment that points them at the sandbox."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from tests.bot.office import PROMPT, TICKETS
from tests.warm import Command

ROOT = Path(__file__).parents[2]
_OURS = ("SLACK_", "OPENAI_", "PROMPTBEAM_", "DATABASE_", "WORKER_", "MAX_", "BUDGET_")


def environment(model: RunningModel, **more: str) -> dict[str, str]:
    """The environment of a process that asks the simulated model and has no Slack token."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {
        **kept,
        "OPENAI_BASE_URL": model.url,
        "PROMPTBEAM_TASK_MODEL": "simulated-small",
        "PROMPTBEAM_OPTIMIZER_MODEL": "simulated-large",
        "PROMPTBEAM_JOURNAL_SCOPE": "simulated",
        "PROMPTBEAM_CONCURRENCY": "8",
        "PYTHONPATH": str(ROOT),
        **more,
    }


def slack_environment(workspace: RunningWorkspace) -> dict[str, str]:
    """What the bot alone knows."""
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
    }


class Process:
    """One ``promptbeam`` command in a folder of its own."""

    def __init__(self, folder: Path, env: Mapping[str, str], *arguments: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / f"{arguments[0]}-{len(list(folder.iterdir()))}.log"
        self.log.touch()
        self._process = Command(arguments, folder=folder, env=env, log=self.log)

    @property
    def said(self) -> str:
        """Everything it has printed."""
        return self.log.read_text()

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it with SIGKILL."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self, timeout: float = 30) -> int:
        """End it with SIGTERM and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout)


@contextmanager
def process(folder: Path, env: Mapping[str, str], *arguments: str) -> Iterator[Process]:
    """Run a command; it is killed at the end of the block if it still lives."""
    running = Process(folder, env, *arguments)
    try:
        yield running
    finally:
        if running.alive:
            running.kill()


def ask_for_a_run(workspace: RunningWorkspace, user: str = "alice", greeting: str = "") -> None:
    """Fill in the form with the tickets and submit it; another greeting makes another run of it."""
    workspace.slash(user, "prompts", "/optimize")
    workspace.view(user, 30)
    values: dict[str, Any] = {"prompt": greeting + PROMPT, "examples": [("tickets.csv", TICKETS)]}
    assert workspace.submit(user, values) == {}


def told_once(workspace: RunningWorkspace, channel: str = "prompts") -> None:
    """No thread holds the same words or files twice, and there is one first message per run."""
    for parent in workspace.messages(channel):
        replies = workspace.messages(channel, thread_ts=parent["ts"])
        texts = [message["text"] for message in replies if message["text"]]
        assert len(texts) == len(set(texts)), [text[:80] for text in sorted(texts)]
        files = [file["name"] for message in replies for file in message.get("files", ())]
        assert len(files) == len(set(files)), files
