"""The bot, the local workspace and the simulated model, new for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from tests.bot.office import Office, bot_at_work, settings_for


@pytest.fixture
def model() -> Iterator[RunningModel]:
    with RunningModel() as running:
        yield running


@pytest.fixture
def workspace() -> Iterator[RunningWorkspace]:
    with RunningWorkspace(Options(rate_limits=False)) as running:
        yield running


@pytest.fixture
def office(workspace: RunningWorkspace, model: RunningModel, tmp_path: Path) -> Iterator[Office]:
    with bot_at_work(settings_for(workspace, model, tmp_path)) as (bot, store):
        workspace.wait_for_app()
        yield Office(workspace, model, bot, store)
        model.control(hold_after=-1)  # paid calls are seen through at the end


@pytest.fixture(scope="module")
def module_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all tests of a module that leave no trace in it but messages."""
    with RunningModel() as model, RunningWorkspace(Options(rate_limits=False)) as workspace:
        settings = settings_for(workspace, model, tmp_path_factory.mktemp("office"))
        with bot_at_work(settings) as (bot, store):
            workspace.wait_for_app()
            yield Office(workspace, model, bot, store)


@pytest.fixture
def shared_office(module_office: Office) -> Office:
    """The module's office, blind to what earlier tests left in it."""
    for user in ("alice", "bob", "carol"):
        while module_office.workspace.views(user):
            module_office.workspace.close_view(user)
    return module_office.from_now()
