"""What people tell a run is obeyed by a worker on another machine, which knows nothing of Slack."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.background.service import RunService
from bot.background.sharing import open_shared
from optimizer.events import FeedbackTaken, RoundStarted
from sandbox.model.runner import RunningModel
from storage.runs import RunRecord
from storage.store import Store
from tests.bot.office import PROMPT
from tests.service.lone_service import PaperDesk, models, stored_run
from tests.service.processes import environment, process

pytestmark = pytest.mark.timeout(240)


def _wait(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


def _quiet(model: RunningModel, seconds: float) -> bool:
    """Whether nobody asks the model anything for a while."""
    asked = model.stats()["requests"]
    time.sleep(seconds)
    return bool(model.stats()["requests"] == asked)


def test_pause_feedback_extension_and_stop_reach_a_run_on_another_machine(
    model: RunningModel, postgres: str, tmp_path: Path
):
    token = {"SLACK_BOT_TOKEN": "xoxb-this-is-for-the-bot-alone"}
    env = environment(model, DATABASE_URL=postgres, PROMPTBEAM_WORKER_NAME="far", **token)
    with ExitStack() as stack:
        far = stack.enter_context(process(tmp_path / "far", env, "worker"))
        store = stack.enter_context(Store(tmp_path / "bot"))
        shared = stack.enter_context(open_shared(postgres, store, 60))
        service = RunService(store, models(model.url), PaperDesk(), shared=shared, slots=0)
        service.start()
        stack.callback(service.close)
        _wait(lambda: "is ready" in far.said)
        assert "a worker needs no SLACK_BOT_TOKEN" in far.said
        assert token["SLACK_BOT_TOKEN"] not in far.said

        def begin(run: RunRecord) -> None:
            calls = model.stats()["answered"] + 40
            model.control(hold_after=40)
            service.accept(run)
            service.submit(run.id)
            _wait(lambda: model.stats()["answered"] >= calls)
            assert service.busy == 0, "the bot works on it itself"

        run = stored_run("r-far")
        begin(run)
        assert service.pause(run.id)
        time.sleep(1)  # it listens twice a second
        model.control(hold_after=-1)
        _wait(lambda: _quiet(model, 0.5))
        assert store.runs.get(run.id).status == "running"
        assert service.feedback(run.id, "Name the team that the words point at.", "U2", key="e1")
        assert service.extend(run.id, 1)
        assert service.resume(run.id)
        _wait(lambda: store.runs.get(run.id).status == "done", 90)
        events = store.runs.events(run.id)
        assert [event.author for event in events if isinstance(event, FeedbackTaken)] == ["U2"]
        rounds = [event for event in events if isinstance(event, RoundStarted)]
        assert len(rounds) == rounds[0].rounds + 1

        other = stored_run("r-stops", prompt=f"This is another desk. {PROMPT}")
        begin(other)
        assert service.stop(other.id)
        model.control(hold_after=-1)
        _wait(lambda: store.runs.get(other.id).status == "cancelled")
        assert not service.stop(other.id)
        assert "Traceback" not in far.said
