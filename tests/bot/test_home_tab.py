"""The Home tab: what is under way, what was, what it costs; kept up to date for who looked lately."""

from __future__ import annotations

from optimizer.config import Budget
from sandbox.workspace.blockkit.views import view_problems
from tests.bot.office import UNDER_WAY, Office, bot_at_work, run_id_of, settings_for, shown


def test_the_tab_follows_a_run_from_start_to_end(office: Office):
    office.workspace.open_home("alice")
    first = office.workspace.home("alice")
    assert view_problems({key: first[key] for key in ("type", "blocks", "callback_id")}, "home") == []
    assert "Nothing is under way" in shown(first)
    office.model.control(hold_after=UNDER_WAY)
    office.ask()
    run_id = run_id_of(office.card())
    office.workspace.wait(lambda: run_id in shown(office.workspace.home("alice")), 20, "the run on the tab")
    office.workspace.open_home("alice")
    office.workspace.wait(lambda: "calls" in shown(office.workspace.home("alice")), 20, "its progress")
    office.model.control(hold_after=-1)
    office.ended(run_id)
    office.workspace.wait(
        lambda: "Nothing is under way" in shown(office.workspace.home("alice")), 20, "its end"
    )
    home = shown(office.workspace.home("alice"))
    assert f"*{run_id}* done" in home
    assert "held-out examples" in home


def test_the_tab_shows_nobody_the_runs_of_others(office: Office):
    office.ask("bob", "secret-lab")
    run_id = run_id_of(office.card("secret-lab"))
    office.ended(run_id)
    office.workspace.open_home("carol")
    assert run_id not in shown(office.workspace.home("carol"))


def test_an_evolution_can_be_started_from_the_tab(office: Office):
    office.workspace.open_home("alice")
    home = office.workspace.home("alice")
    office.workspace.click_in_view("alice", "evolve.new", view_id=home["id"])
    form = office.window("alice", "One prompt instead")
    assert form["title"]["text"] == "Evolve instructions"
    asked = {
        "pasted": "Write a poem.\nAdd 2 and 3.",
        "effort": "none",
    }
    assert office.workspace.submit("alice", asked) == {}
    assert office.says("of 2 rows evolved", channel="@alice")


def test_the_budget_that_is_left_is_shown(workspace, model, tmp_path):
    settings = settings_for(workspace, model, tmp_path, budget=Budget(calls=5_000))
    with bot_at_work(settings) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        model.control(hold_after=UNDER_WAY)
        office.ask()
        office.says("Start:")
        office.workspace.open_home("alice")
        office.workspace.wait(lambda: "Budget left" in shown(workspace.home("alice")), 20, "the budget")
        assert "5,000 calls" in shown(workspace.home("alice"))
        model.control(hold_after=-1)


def test_the_buttons_open_the_form_the_search_and_the_help(office: Office):
    office.workspace.open_home("alice")
    home = office.workspace.home("alice")
    office.workspace.click_in_view("alice", "optimize.new", view_id=home["id"])
    assert "Improve a prompt" in shown(office.window("alice")["title"])
    office.workspace.wait(lambda: "Post the thread to" in shown(office.workspace.view("alice")))
    office.workspace.close_view("alice")
    office.workspace.click_in_view("alice", "search.open", view_id=home["id"])
    office.workspace.wait(lambda: "no past prompts" in shown(office.workspace.view("alice")))
    office.workspace.click_in_view("alice", "search.words", value="refunds")
    office.workspace.wait(lambda: "“refunds”" in shown(office.workspace.view("alice")))


def test_a_run_is_stopped_from_the_tab(office: Office):
    office.model.control(hold_after=UNDER_WAY)
    office.ask()
    run_id = run_id_of(office.card())
    office.workspace.open_home("alice")
    home = office.workspace.wait(lambda: _with_stop(office), 20, "the button")
    office.workspace.click_in_view("alice", "opt.stop", view_id=home["id"])
    assert office.ended(run_id) == "cancelled"
    office.window("alice", "Stopping")


def _with_stop(office: Office):
    home = office.workspace.home("alice")
    return home if "opt.stop" in str(home) else None
