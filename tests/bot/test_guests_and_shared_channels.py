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
from storage.visibility import Place
from tests.bot.office import PROMPT, TICKETS, Office, bot_at_work, run_id_of, settings_for, shown
from tests.bot.test_review import TEAM, keep


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
    run_id = run_id_of(mixed.says("Optimising", channel="partners"))
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


@pytest.mark.parametrize("channel", ["partners", "lobby"])
def test_where_others_read_along_similar_prompts_of_other_channels_are_whispered(mixed: Office, channel: str):
    fresh = mixed.from_now()
    mixed.ask("alice", channel, goal="Route it")
    whispered = fresh.find(lambda m: "Similar prompts" in m["text"] and bool(m["seen_only_by"]), channel)
    assert whispered["seen_only_by"] == mixed.workspace.user_id("alice")
    assert "Routing inprompts" in shown(whispered)
    mixed.ended(run_id_of(fresh.says("Optimising", channel=channel)))
    told = "".join(shown(m) for m in mixed.workspace.messages(channel) if not m["seen_only_by"])
    assert f"Routing in{channel}" in told
    assert "Routing inprompts" not in told


def test_among_members_of_the_workspace_public_prompts_are_shown_to_all(mixed: Office):
    fresh = mixed.from_now()
    mixed.ask("alice", "prompts", goal="Route it")
    in_thread = fresh.find(lambda m: "Similar prompts" in m["text"] and not m["seen_only_by"])
    assert "Routing inlobby" in shown(in_thread)
    assert "Routing inpartners" not in shown(in_thread)


def test_in_doubt_about_who_reads_along_nothing_of_other_channels_is_shown(mixed: Office):
    place = Place(TEAM, mixed.workspace.channel_id("prompts"), "public")
    desk = mixed.bot.desk
    assert len(desk.audience.readers(mixed.workspace.user_id("alice"), place)) == 2
    desk.directory.forget()
    mixed.workspace.fail_next("users.list", error="ratelimited", status=429)
    try:
        assert any(one.guest for one in desk.audience.readers(mixed.workspace.user_id("alice"), place))
    finally:
        desk.directory.forget()
