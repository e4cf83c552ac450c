"""What an admin may do with other people's requests."""

from __future__ import annotations

from pathlib import Path

from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from tests.bot.office import Office, bot_at_work, settings_for
from tests.bot.test_acting_once import ask_first, runs
from tests.bot.test_review import keep, stored


def test_an_admin_starts_a_request_for_its_owner_and_makes_a_prompt_its_owners_alone(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    admins = frozenset({workspace.user_id("bob")})
    with bot_at_work(settings_for(workspace, model, tmp_path, admin_users=admins)) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        question = ask_first(office)
        workspace.click("bob", "prompts", question["ts"], "draft.change")
        office.window("bob", "tickets.csv")
        assert workspace.submit("bob", {}) == {}
        started = runs(office)
        assert [run.owner for run in started] == [workspace.user_id("alice")]
        assert [ref["name"] for ref in started[0].request["example_files"]] == ["tickets.csv"]
        closes_what_is_open_and_sees_it_no_more(office)


def closes_what_is_open_and_sees_it_no_more(office: Office) -> None:
    record = keep(office, "theirs")
    office.workspace.slash("bob", "prompts", f"/prompts show {record.id}")
    office.window("bob", "Use as a start")
    office.workspace.click_in_view("bob", "prompt.privacy")
    office.window("bob", "only its owner can find it")
    office.workspace.submit("bob", {})
    office.window("bob", "Only its owner can find it now")
    assert stored(office, record.id).only_me
    while office.workspace.views("bob"):
        office.workspace.close_view("bob")
    office.workspace.slash("bob", "prompts", f"/prompts show {record.id}")
    office.window("bob", "There is no prompt")
