"""Every door of the bot is tried by an outsider, and none is open."""

from __future__ import annotations

import json
import time

import pytest

from bot.slack.app import build_app
from tests.bot.doors import DOORS, SECRET, hide, registered, seen_by_carol
from tests.bot.office import PROMPT, Office


@pytest.fixture
def hidden(shared_office: Office) -> Office:
    """A run of alice in #secret-lab with a prompt and drafts."""
    return hide(shared_office)


def snapshot(office: Office) -> str:
    """Everything in the store that a mutation would change."""
    tables = ("runs", "prompts", "prompt_reviews", "run_reviews", "drafts", "run_messages")
    return json.dumps([office.store.database.rows(f"SELECT * FROM {one}") for one in tables], default=str)


def test_every_listener_of_the_bot_is_a_door_that_is_tried_here(shared_office: Office):
    names = set(registered(shared_office))
    assert names == set(DOORS)
    real = shared_office.bot.app._listeners
    assert len(real) == len(names)
    assert build_app is not None


@pytest.mark.parametrize("door", sorted(DOORS))
def test_an_outsider_gets_nothing_and_changes_nothing_at(hidden: Office, door: str):
    office = hidden
    before = snapshot(office)
    answer = DOORS[door](office)
    office.workspace.wait(lambda: _quiet(office), 20, "the bot to fall silent")
    told = json.dumps(answer, default=str, ensure_ascii=False)
    assert SECRET not in told.replace(f'"initial_value": "{SECRET}"', "").replace(f"“{SECRET}”", "")
    readable = seen_by_carol(office)
    assert f"The {SECRET}" not in readable
    assert f"{SECRET} {{ticket}}" not in readable
    assert f"{PROMPT} {SECRET}" not in readable
    assert snapshot(office) == before
    while office.workspace.views("carol"):
        office.workspace.close_view("carol")


def _quiet(office: Office) -> bool:
    calls = len(office.workspace.calls())
    time.sleep(0.15)
    return len(office.workspace.calls()) == calls
