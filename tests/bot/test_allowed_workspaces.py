"""A bot that only some workspaces may install: who is turned away, and what is kept of them (nothing)."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.oauth_checks import check_installs
from bot.oauth_settings import oauth_client_from_env
from optimizer.errors import ConfigError
from storage.commands import CommandTable
from storage.runs import Place, RunRecord
from storage.workspaces import Installation
from tests.bot.office import shown
from tests.bot.several import FIRST, ORGANISATION, SECOND, Several, seed_of, several

APP = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "s",
    "SLACK_REDIRECT_URI": "https://bot.example.com/slack/oauth_redirect",
}


@pytest.fixture
def gated(tmp_path: Path) -> Iterator[Several]:
    """The first workspace may install the bot, the second may not."""
    with several(tmp_path, allowed=(FIRST,)) as running:
        yield running


def refused(running: Several, key: str) -> str:
    """Try to install, and return the page that says no."""
    url, cookie = running.begin()
    answer = running.come_back(running.agree(url, key), cookie)
    assert answer.status_code == 403
    return answer.text


def stored(token: str, team: str = SECOND, enterprise: str = "") -> Installation:
    """An installation of before there was a list."""
    return Installation(
        *(team, team, "second", enterprise, "", False, "A0PROMPTBM1", "B0PROMPTBM1", "U0PROMPTBM1"),
        *("promptbeam", "", "U000ALICE01", token, "", None, time.time()),
    )


def test_who_is_not_on_the_list_is_refused_in_words_and_nothing_of_it_is_kept(
    gated: Several, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    assert "Installed" in gated.install(FIRST).text
    page = refused(gated, SECOND)
    assert "not open to your workspace" in page
    assert [one.key for one in gated.store.workspaces.all()] == [FIRST]
    assert gated.store.workspaces.departures() == []
    taken_back = [token for key, method, token in gated.slack.calls if method == "apps.uninstall"]
    assert len(taken_back) == 1, "the app must not stay there and never answer"
    used_for = {method for key, method, _ in gated.slack.calls if key == SECOND}
    assert used_for == {"auth.test", "apps.uninstall"}
    dump = "\n".join(gated.store.database.connection().iterdump())
    assert taken_back[0] not in dump + page + caplog.text
    assert SECOND not in dump


def test_an_installation_of_before_is_not_served_any_more_and_keeps_its_data(gated: Several):
    place = Place(SECOND, "C00PROMPTS1", "public")
    request = {"prompt": "Sort this.", "files": []}
    gated.store.workspaces.save(stored("xoxb-of-before"))
    gated.store.runs.create(RunRecord("r-before", "optimize", "running", "U1", place, request, time.time()))
    gated.bot.housekeeping.wake()
    told = CommandTable(gated.store.database)
    gated.wait(lambda: [one.kind for one in told.after("r-before", 0)] == ["stop"], "the stop")

    office = gated.offices[SECOND]
    office.workspace.slash("alice", "prompts", "/optimize status")
    gated.wait(
        lambda: any(
            "is not open to it" in shown(one) for one in office.workspace.messages("prompts", user="alice")
        ),
        "the refusal",
    )
    assert not [call for call in gated.slack.calls if call[0] == SECOND], "its token is not used"
    refused(gated, SECOND)
    assert gated.token(SECOND) == "xoxb-of-before", "a refused second install takes nothing away"
    assert gated.store.runs.get("r-before").place == place


def test_the_doctor_names_who_is_installed_and_not_served(gated: Several):
    gated.install(FIRST)
    gated.store.workspaces.save(stored("xoxb-of-before"))
    settings = gated.bot._settings
    findings = check_installs(settings, settings.oauth, {"PROMPTBEAM_DATA": str(settings.data)})
    said = {finding.what: finding for finding in findings}
    assert said[f"slack, {FIRST}"].state == "ok"
    assert "not served" in said[f"slack, {SECOND}"].says
    assert "ALLOWED_WORKSPACES" in said[f"slack, {SECOND}"].fix


def test_an_organisation_is_let_in_by_its_id_and_one_workspace_of_it_does_not_let_in_the_rest(tmp_path: Path):
    seeds = seed_of(FIRST), seed_of("T0ORGONE001", enterprise_id=ORGANISATION)
    with several(tmp_path / "whole", *seeds, allowed=(ORGANISATION,)) as running:
        assert "Installed" in running.install(ORGANISATION).text
        refused(running, FIRST)
    with several(tmp_path / "one", *seeds, allowed=("T0ORGONE001",)) as running:
        refused(running, ORGANISATION)
        assert running.store.workspaces.all() == []


def test_a_workspace_of_an_organisation_that_is_let_in_may_install_for_itself():
    oauth = oauth_client_from_env({**APP, "ALLOWED_WORKSPACES": "T0000000001, E0000000001"})
    assert oauth is not None
    assert oauth.allows("T0000000001", "")
    assert oauth.allows("T0000000002", "E0000000001")
    assert not oauth.allows("T0000000002", "")
    open_to_all = oauth_client_from_env(APP)
    assert open_to_all is not None
    assert open_to_all.allows("T0000000002", "")


@pytest.mark.parametrize("value", ["acme", "C0123456789", "t0123456789", "T0123456789/U1"])
def test_what_is_no_workspaces_id_is_an_error_that_says_so(value: str):
    with pytest.raises(ConfigError, match="ALLOWED_WORKSPACES"):
        oauth_client_from_env({**APP, "ALLOWED_WORKSPACES": value})
