"""Runs that are stopped, interrupted, queued, or fail and are tried again."""

from __future__ import annotations

from pathlib import Path

from bot.background.turns import Limits
from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from tests.bot.office import UNDER_WAY, Office, bot_at_work, run_id_of, settings_for, shown
from tests.bot.test_starting_from_lessons import WORDS, learn, told
from tests.bot.test_starting_from_lessons import ask as ask_to_learn

TEAM = "T0SANDBOX1"


def _parent(office: Office, stage: str = "Optimising") -> dict:
    return office.find(lambda message: stage in shown(message) and "r-" in shown(message))


def _running(office: Office, answers: int = UNDER_WAY) -> tuple[dict, str]:
    """Start a run and wait until it makes calls; after so many answers it waits for the others."""
    office.model.control(hold_after=answers)
    office.ask()
    office.says("Start:")
    parent = _parent(office)
    return parent, run_id_of(parent)


def test_the_owner_stops_a_run_and_gets_the_best_so_far(office: Office):
    parent, run_id = _running(office)
    office.workspace.click("alice", "prompts", parent["ts"], "opt.stop")
    assert office.ended(run_id) == "cancelled"
    final = office.says("ended before")
    assert final["thread_ts"] == parent["ts"]
    assert "⏹" in shown(office.says("Stopped before the final test"))
    office.workspace.wait(lambda: not office.bot.service.is_live(run_id))  # its status comes first


def test_every_stop_button_asks_once_more(office: Office):
    parent, run_id = _running(office)
    office.workspace.slash("alice", "prompts", "/optimize status")
    listed = office.says("Your runs")
    office.workspace.open_home("alice")
    home = office.workspace.wait(lambda: _with_stop(office.workspace.home("alice")))
    buttons = [_stop_button(one) for one in (parent, listed, home)]
    assert [one["value"] for one in buttons] == [run_id] * 3
    assert all("What was paid stays paid" in shown(one["confirm"]) for one in buttons)
    office.workspace.click("alice", "prompts", parent["ts"], "opt.stop")
    office.ended(run_id)


def _stop_button(shown_in: dict) -> dict:
    elements = [
        element
        for block in shown_in["blocks"]
        for element in (*block.get("elements", ()), block.get("accessory", {}))
    ]
    return next(one for one in elements if one.get("action_id") == "opt.stop")


def _with_stop(view: dict) -> dict | None:
    return view if "opt.stop" in str(view) else None


def test_others_cannot_stop_it_and_only_they_are_told(office: Office):
    parent, run_id = _running(office)
    office.workspace.click("bob", "prompts", parent["ts"], "opt.stop")
    refusal = office.says("or an admin can do that")
    assert refusal["seen_only_by"] == office.workspace.user_id("bob")
    assert office.store.runs.get(run_id).status == "running"
    office.workspace.slash("bob", "prompts", f"/optimize stop {run_id}")
    office.workspace.slash("alice", "prompts", "/optimize stop")
    assert office.ended(run_id) == "cancelled"


def test_an_admin_can_stop_the_run_of_another(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    settings = settings_for(workspace, model, tmp_path, admin_users=frozenset({workspace.user_id("carol")}))
    with bot_at_work(settings) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        parent, run_id = _running(office)
        workspace.click("carol", "prompts", parent["ts"], "opt.stop")
        assert office.ended(run_id) == "cancelled"
        model.control(hold_after=-1)


def test_a_restart_goes_on_in_the_same_thread_and_posts_and_pays_nothing_twice(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    settings = settings_for(workspace, model, tmp_path)
    with bot_at_work(settings) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        parent, run_id = _running(office, 200)
        office.says("Round 1 of")
        office.let_go_when_closing()
    assert "Paused" in shown(office.says("Paused"))
    with bot_at_work(settings) as (bot, store):
        office = Office(workspace, model, bot, store)
        assert office.ended(run_id) == "done"
        replies = office.thread(parent)
        first_lines = [reply["text"].split(":")[0] for reply in replies if reply["text"]]
        assert len(first_lines) == len(set(first_lines))
        assert sum("*Start" in line for line in first_lines) == 1
        events = store.runs.events(run_id)
        assert events[-1].kind == "run_finished"
    stats = model.stats()
    assert stats["repeated"] <= stats["most_in_flight"]


def test_a_run_that_goes_on_after_a_restart_is_told_the_same_and_says_it_once(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    settings = settings_for(workspace, model, tmp_path)
    with bot_at_work(settings) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        learn(office, "first")
        model.control(hold_after=UNDER_WAY)
        run_id = ask_to_learn(office)
        office.says("Start:")
        assert told(office, run_id) == ["r-first"]
        office.let_go_when_closing()
    with bot_at_work(settings) as (bot, store):
        office = Office(workspace, model, bot, store)
        learn(office, "second")
        assert office.ended(run_id) == "done"
        assert told(office, run_id) == ["r-first"]
        said = [m for m in workspace.messages("prompts") if "starts from what earlier" in m["text"]]
        assert len(said) == 1
        assert f"{WORDS} second." not in str(store.runs.events(run_id))
    assert model.stats()["repeated"] <= model.stats()["most_in_flight"]


def test_runs_wait_their_turn_and_say_so(workspace: RunningWorkspace, model: RunningModel, tmp_path: Path):
    settings = settings_for(workspace, model, tmp_path, limits=Limits(service=1))
    with bot_at_work(settings) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        _, first = _running(office)
        office.ask("bob")
        second = run_id_of(office.says("next in the queue"))
        assert second != first
        model.control(hold_after=-1)
        assert office.ended(first) == "done"
        assert office.ended(second) == "done"
        a, b = store.runs.get(first), store.runs.get(second)
        assert a.finished_at <= b.started_at + 5


def test_a_run_that_is_stopped_while_it_waits_ends_at_once(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    settings = settings_for(workspace, model, tmp_path, limits=Limits(service=1))
    with bot_at_work(settings) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        _, first = _running(office)
        office.ask("bob")
        second = run_id_of(office.says("next in the queue"))
        workspace.slash("bob", "prompts", "/optimize stop")
        assert office.ended(second) == "cancelled"
        assert store.runs.get(first).status == "running"
        workspace.slash("alice", "prompts", "/optimize stop")
        assert office.ended(first) == "cancelled"
        model.control(hold_after=-1)


def test_a_dead_model_is_named_and_the_run_can_be_tried_again(office: Office):
    office.model.control(error_rate=1.0)
    office.ask()
    told = office.says("Try again")
    parent = _parent(office, "Could not finish")
    run_id = run_id_of(parent)
    assert office.ended(run_id) == "failed"
    assert "Reference" in shown(office.says("Reference"))
    assert "Traceback" not in shown(told)
    office.model.control(error_rate=0.0)
    office.workspace.click("bob", "prompts", parent["ts"], "opt.retry")
    office.says("or an admin can do that")
    office.workspace.click("alice", "prompts", parent["ts"], "opt.retry")
    assert office.says("held-out examples")["thread_ts"] == parent["ts"]
    assert office.workspace.wait(lambda: office.store.runs.get(run_id).status == "done", 30)


def test_a_bug_of_ours_shows_a_reference_and_no_details(office: Office, monkeypatch, caplog):
    def broken(*_args, **_kwargs):
        raise ValueError("secret detail sk-12345")

    monkeypatch.setattr("bot.background.optimize_work.prepare_task", broken)
    office.ask()
    told = shown(office.says("Something broke on our side"))
    reference = told.split("Reference ")[1].split()[0]
    assert "secret detail" not in told
    assert reference in caplog.text
    run_id = run_id_of(_parent(office, "Could not finish"))
    assert office.ended(run_id) == "failed"
    assert office.store.runs.get(run_id).error_ref == reference


def test_a_listener_that_breaks_tells_the_asker_a_reference(office: Office, monkeypatch, caplog):
    def broken(*_args, **_kwargs):
        raise ValueError("secret detail")

    monkeypatch.setattr(office.store.prompts, "search", broken)
    office.workspace.slash("alice", "prompts", "/prompts tickets")
    told = office.says("Something broke on our side")
    assert told["seen_only_by"] == office.workspace.user_id("alice")
    assert "secret detail" not in shown(told)
    monkeypatch.setattr(office.store.runs, "create", broken)
    answer = office.ask()
    assert "reference" in answer["errors"]["prompt"]
