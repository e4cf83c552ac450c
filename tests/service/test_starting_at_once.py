"""A run is stored with all that it is made of, or not at all: kills in between leave nothing half started."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.background.request import OptimizeRequest, Wish
from bot.background.service import RunService
from bot.background.turns import Limits
from optimizer.errors import InputError
from optimizer.events import FeedbackTaken
from sandbox.model.runner import RunningModel
from storage.drafts import Draft
from storage.runs import RunRecord
from storage.store import Store
from tests.bot.office import PROMPT, TICKETS
from tests.service.lone_service import PaperDesk, kill, models, start, stored_run
from tests.warm import FORKS

pytestmark = pytest.mark.timeout(120)
DRAFT = Draft("d-1", "optimize", "U1", "T1", "C1", "", {"prompt_text": PROMPT})


def _with_a_wish() -> RunRecord:
    wish = Wish("Name the team that the words point at.", "U2")
    request = OptimizeRequest(prompt_text=PROMPT, pasted="", wishes=(wish,)).to_dict()
    return replace(stored_run("r-wish"), request={**stored_run().request, "wishes": request["wishes"]})


def _start_and_die(folder: str, url: str, in_the_middle: bool) -> None:
    with Store(Path(folder)) as store:
        service = RunService(store, models(url), PaperDesk())

        def claim() -> None:
            assert store.drafts.settle(DRAFT.id, "started")
            if in_the_middle:
                os.kill(os.getpid(), signal.SIGKILL)

        service.accept(_with_a_wish(), {"examples/0": TICKETS}, claim)
        os.kill(os.getpid(), signal.SIGKILL)


def _killed(folder: Path, url: str, *, in_the_middle: bool) -> None:
    child = FORKS.Process(target=_start_and_die, args=(str(folder), url, in_the_middle), daemon=True)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


def test_a_kill_between_settling_a_draft_and_storing_its_run_leaves_the_draft_open(
    model: RunningModel, tmp_path: Path
):
    with Store(tmp_path) as store:
        store.drafts.put(DRAFT)
        _killed(tmp_path, model.url, in_the_middle=True)
        found = store.drafts.get(DRAFT.id, "T1")
        assert found is not None
        assert found.state == "open"
        assert store.runs.unfinished() == []


def test_a_kill_after_a_run_was_stored_lets_it_run_with_its_files_and_wishes(
    model: RunningModel, tmp_path: Path
):
    with Store(tmp_path) as store:
        store.drafts.put(DRAFT)
        _killed(tmp_path, model.url, in_the_middle=False)
        found = store.drafts.get(DRAFT.id, "T1")
        assert found is not None
        assert found.state == "started"
        assert store.runs.file_names("r-wish") == ("examples/0",)
        child = start(tmp_path, model.url)
        deadline = time.monotonic() + 60
        while store.runs.get("r-wish").status != "done":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        kill(child)
        taken = [event for event in store.runs.events("r-wish") if isinstance(event, FeedbackTaken)]
        assert [event.author for event in taken] == ["U2"]


def test_a_run_that_is_turned_away_settles_nothing(model: RunningModel, tmp_path: Path):
    with Store(tmp_path) as store:
        store.drafts.put(DRAFT)
        store.runs.create(stored_run("r-waits"))
        service = RunService(store, models(model.url), PaperDesk(), limits=Limits(waiting=1))
        claims: list[str] = []
        with pytest.raises(InputError):
            service.accept(stored_run(), claim=lambda: claims.append("claimed"))
        assert claims == []
