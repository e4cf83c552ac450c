"""Lists and sub-commands find a person's own runs however many newer ones of others there are."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from storage.runs import Place, RunRecord
from tests.bot.office import Office, shown
from tests.bot.test_review import TEAM


@pytest.fixture
def busy(office: Office) -> Office:
    """A run of alice under way, another ended, and sixty newer ones of bob."""
    alice, bob = (office.workspace.user_id(name) for name in ("alice", "bob"))
    place = Place(TEAM, office.workspace.channel_id("prompts"), "public", "1700000000.000100")
    mine = RunRecord(
        "r-mine", "optimize", "running", alice, place, {"prompt_text": "mine"}, time.time() - 900
    )
    office.store.runs.create(mine)
    office.store.runs.create(replace(mine, id="r-old", status="failed", created_at=time.time() - 950))
    for number in range(60):
        at = time.time() - 500 + number
        office.store.runs.create(
            RunRecord(f"r-bob{number}", "optimize", "queued", bob, place, {"prompt_text": "bob"}, at)
        )
    return office


def told(office: Office, command: str) -> str:
    before = len(office.workspace.messages("prompts"))
    office.workspace.slash("alice", "prompts", command)
    return shown(office.workspace.wait(lambda: office.workspace.messages("prompts")[before:])[-1])


def test_ones_own_runs_are_listed_and_stopped_behind_sixty_of_others(busy: Office):
    status = told(busy, "/optimize status")
    assert "r-mine" in status
    assert "r-old" in status
    assert "r-bob" not in status
    assert "r-old" in told(busy, "/optimize history")
    assert "no run under way" not in told(busy, "/optimize stop")


def test_the_home_tab_shows_ones_own_runs_behind_sixty_of_others(busy: Office):
    busy.workspace.open_home("alice")
    home = busy.workspace.wait(lambda: shown(busy.workspace.home("alice")), 10, "the Home tab")
    assert "r-mine" in home
    assert "r-old" in home
