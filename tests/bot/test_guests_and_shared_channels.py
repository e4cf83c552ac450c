"""Guests see what was made in channels that they share; a channel with another organisation counts as private."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from sandbox.workspace.seed import Seed, SeedChannel, SeedUser
from tests.bot.office import PROMPT, TICKETS, Office, bot_at_work, run_id_of, settings_for, shown
from tests.bot.test_review import keep


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A workspace with a guest, who is in one public channel, and a channel shared with another organisation."""
    base = Seed()
    seed = replace(
        base,
        users=(*base.users, SeedUser("U00000GINA1", "gina", is_guest=True)),
        channels=(
            *base.channels,
            SeedChannel("C0LOBBY0001", "lobby", ("alice", "gina", "promptbeam")),
            SeedChannel("C0PARTNERS1", "partners", ("alice", "bob", "promptbeam"), is_ext_shared=True),
        ),
    )
    folder: Path = tmp_path_factory.mktemp("mixed")
    with (
        RunningModel() as model,
        RunningWorkspace(Options(rate_limits=False, seed=seed)) as workspace,
        bot_at_work(settings_for(workspace, model, folder)) as (bot, store),
    ):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        keep(office, "inlobby", "lobby")
        keep(office, "inprompts", "prompts")
        keep(office, "inpartners", "partners", "private")
        yield office


def finds(office: Office, user: str, channel: str) -> str:
    """What a search shows somebody."""
    before = len(office.workspace.messages(channel))
    office.workspace.slash(user, channel, "/prompts routing")
    return shown(office.workspace.wait(lambda: office.workspace.messages(channel)[before:])[-1])


def test_a_guest_sees_only_what_was_made_in_shared_channels(mixed: Office):
    text = finds(mixed, "gina", "lobby")
    assert "Routing inlobby" in text
    assert "Routing inprompts" not in text
    assert "Routing inpartners" not in text


def test_members_see_the_public_ones(mixed: Office):
    text = finds(mixed, "carol", "prompts")
    assert "Routing inlobby" in text
    assert "Routing inprompts" in text
    assert "Routing inpartners" not in text


def test_a_shared_channel_is_for_its_members_alone(mixed: Office):
    assert "Routing inpartners" in finds(mixed, "bob", "partners")
    mixed.ask("alice", "partners", goal="Partner tickets")
    run_id = run_id_of(mixed.card("partners"))
    assert mixed.store.runs.get(run_id).place.kind == "private"
    mixed.ended(run_id)
    assert "Partner tickets" not in finds(mixed, "carol", "prompts")


def test_a_guest_has_nothing_posted_where_they_are_not(mixed: Office):
    mixed.workspace.shortcut("gina", "optimize_global")
    place = mixed.workspace.channel_id("prompts")
    answer = mixed.workspace.submit(
        "gina", {"prompt": PROMPT, "examples": [("t.csv", TICKETS)], "post_to": place}
    )
    assert "not a member" in answer["errors"]["post_to"]
