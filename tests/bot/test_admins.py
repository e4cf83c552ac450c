"""What an admin may do with other people's requests."""

from __future__ import annotations

from pathlib import Path

from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from tests.bot.office import Office, bot_at_work, settings_for
from tests.bot.test_acting_once import ask_first, runs


def test_an_admin_changes_a_request_and_starts_it_for_its_owner(
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
