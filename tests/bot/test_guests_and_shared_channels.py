"""Guests see what was made in channels that they share; a channel with another organisation counts as private."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from sandbox.workspace.seed import Seed, SeedChannel, SeedUser
from storage.visibility import Place
from tests.bot.office import PROMPT, TICKETS, Office, bot_at_work, run_id_of, settings_for, shown
from tests.bot.test_review import TEAM, keep
from tests.bot.test_starting_from_lessons import BOX, form, learn

ELSEWHERE = "T0ELSEWHERE"
SVEN = SeedUser("U0000SVEN01", "sven", home_team=ELSEWHERE)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A workspace with a guest, who is in one public channel, and a channel shared with Sven's organisation."""
    base = Seed()
    seed = replace(
        base,
        users=(*base.users, SeedUser("U00000GINA1", "gina", is_guest=True), SVEN),
        channels=(
            *base.channels,
            SeedChannel("C0LOBBY0001", "lobby", ("alice", "gina", "promptbeam")),
            SeedChannel(
                "C0PARTNERS1", "partners", ("alice", "bob", "sven", "promptbeam"), is_ext_shared=True
            ),
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


def everything(office: Office) -> str:
    """All that is stored."""
    return "\n".join(office.store.database.connection().iterdump())


def started(office: Office, goal: str) -> dict[str, Any]:
    """The first message of a run in #partners."""
    return office.find(lambda message: goal in shown(message) and "Run r-" in shown(message), "partners")


def test_a_run_of_somebody_from_elsewhere_is_kept_under_the_workspace_that_has_the_bot(mixed: Office):
    mixed.workspace.send(
        "sven",
        "partners",
        f"<@U0PROMPTBM1> optimize\n```{PROMPT}```",
        files=[("sven.csv", TICKETS)],
    )
    parent = mixed.find(
        lambda message: "Run r-" in shown(message) and "sven.csv" in shown(message), "partners"
    )
    run = mixed.store.runs.get(run_id_of(parent))
    assert (run.place.team, run.place.kind, run.owner) == (
        mixed.workspace.workspace.seed.team_id,
        "private",
        SVEN.id,
    )
    assert mixed.ended(run.id) == "done"
    viewer = mixed.bot.desk.members.viewer(SVEN.id, run.place.team)
    seen = mixed.store.runs.recent(viewer)
    assert run.id in {one.id for one in seen}
    assert {one.place.channel for one in seen} == {run.place.channel}
    assert ELSEWHERE not in everything(mixed)


def test_somebody_from_elsewhere_sees_what_was_made_where_they_are_and_nothing_else(mixed: Office):
    viewer = mixed.bot.desk.members.viewer(SVEN.id, mixed.workspace.workspace.seed.team_id)
    assert viewer.guest
    assert viewer.channels == {mixed.workspace.channel_id("partners")}
    titles = {found.record.title for found in mixed.store.prompts.search("routing", viewer, 20)}
    assert titles == {"Routing inpartners"}
    mixed.workspace.open_home("sven")
    home = mixed.workspace.wait(lambda: shown(mixed.workspace.home("sven")), 20, "the Home tab")
    assert "inprompts" not in home
    assert "inlobby" not in home


def test_somebody_from_elsewhere_cannot_stop_a_members_run(mixed: Office):
    office, goal = mixed, "Tickets of partners, again"
    office.model.control(latency_ms=200)
    try:
        office.ask("alice", "partners", goal=goal)
        parent = started(office, goal)
        office.workspace.wait(lambda: office.thread(parent, "partners"), 30, "the first reply")
        office.workspace.react("sven", "partners", parent["ts"], "x")
        office.workspace.send("sven", "partners", "stop", thread_ts=parent["ts"])
        office.says("can steer it", channel="partners")
        run_id = run_id_of(parent)
        assert office.store.database.rows("SELECT 1 FROM run_commands WHERE run_id = ?", (run_id,)) == []
    finally:
        office.model.control(latency_ms=0)
    assert office.ended(run_id) == "done"


def test_prompts_of_the_workspace_are_not_shown_where_another_organisation_reads_along(mixed: Office):
    office, goal = mixed, "Tickets of partners, for all to see"
    office.ask("alice", "partners", goal=goal)
    parent = started(office, goal)
    assert office.ended(run_id_of(parent)) == "done"
    read = {
        user: "\n".join(map(shown, office.workspace.messages("partners", thread_ts=parent["ts"], user=user)))
        for user in ("alice", "sven")
    }
    assert "Routing inprompts" in read["alice"], "she is told, alone"
    assert "Routing inpartners" in read["sven"]
    assert "Routing inprompts" not in read["sven"]
    assert "Routing inlobby" not in read["sven"]


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


def test_where_another_organisation_reads_along_only_that_channels_lessons_are_offered(mixed: Office):
    for name, channel, kind in (("outside", "lobby", "public"), ("between", "partners", "private")):
        learn(mixed, name, channel, kind)
    assert "Routing between" in form(mixed, channel="partners")
    assert "Routing outside" not in shown(mixed.workspace.view("alice"))
    mixed.workspace.close_view("alice")
    assert "Routing outside" in form(mixed, channel="prompts")
    assert "Routing between" not in shown(mixed.workspace.view("alice"))
    mixed.workspace.close_view("alice")
    mixed.bot.desk.directory.forget()
    mixed.workspace.fail_next("users.list", error="ratelimited", status=429)
    try:
        assert BOX not in form(mixed, channel="prompts"), "in doubt, there are guests everywhere"
    finally:
        mixed.bot.desk.directory.forget()
        mixed.workspace.close_view("alice")


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
