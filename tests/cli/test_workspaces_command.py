"""``promptbeam workspaces`` and what ``doctor`` and ``backup`` say where workspaces install the bot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.oauth_settings import SCOPES
from sandbox.workspace.clock import SystemClock
from sandbox.workspace.grants import AppCredentials, Grants
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from sandbox.workspace.several import SeveralWorkspaces
from storage.drafts import Draft
from storage.store import Store
from storage.workspaces import Installation
from tests.cli.terminal import promptbeam

REDIRECT = "https://bot.example.com/slack/oauth_redirect"
TEAM = "T0SANDBOX1"


@pytest.fixture(scope="module")
def slack() -> Iterator[SeveralWorkspaces]:
    app = AppCredentials("111.222", "the-client-secret", REDIRECT, ",".join(SCOPES))
    options = Options(rate_limits=False, request_url="http://127.0.0.1:9/slack/events")
    with (
        RunningWorkspace(options) as workspace,
        SeveralWorkspaces([workspace], Grants(app, SystemClock())) as several,
    ):
        yield several


def env_for(slack: SeveralWorkspaces, folder: Path) -> dict[str, str]:
    return {
        "PROMPTBEAM_DATA": str(folder / "data"),
        "SLACK_API_URL": slack.api_url,
        "BOT_MODE": "http",
        "SLACK_SIGNING_SECRET": "s" * 32,
        "SLACK_CLIENT_ID": "111.222",
        "SLACK_CLIENT_SECRET": "the-client-secret",
        "SLACK_REDIRECT_URI": REDIRECT,
        "SLACK_BOT_TOKEN": "",
        "SLACK_APP_TOKEN": "",
    }


def installation(slack: SeveralWorkspaces) -> Installation:
    """An installation with a token that this Slack takes."""
    app = slack.grants.app
    _, tokens = slack.grants.access(
        {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": app.redirect_uri,
            "code": slack.grants.code_for(TEAM),
        }
    )
    token = str(tokens["access_token"])
    return Installation(
        TEAM, TEAM, "the first", "", "", False, "A1", "B1", "U1", "promptbeam", app.scopes, "U2",
        token, "", None, time.time(),
    )  # fmt: skip


def test_doctor_tells_a_sound_set_up_and_each_workspace(slack: SeveralWorkspaces, tmp_path: Path):
    env = env_for(slack, tmp_path)
    code, out, err = promptbeam(tmp_path, "doctor", "--skip-model", **env)
    assert code == 0, out + err
    assert "https://bot.example.com/slack/install" in out
    assert "none has installed the bot yet" in out
    given = installation(slack)
    with Store(tmp_path / "data") as store:
        store.workspaces.save(given)
    code, out, err = promptbeam(tmp_path, "doctor", "--skip-model", **env)
    assert code == 0, out + err
    assert "the first: the token is good" in out
    slack.revoke(TEAM, tell=False)
    code, out, err = promptbeam(tmp_path, "doctor", "--skip-model", **env)
    assert code == 1
    assert "the first: Slack says token_revoked" in out
    assert given.token not in out + err


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SLACK_CLIENT_ID", "333.444", "SLACK_CLIENT_ID is not one of Slack's"),
        ("SLACK_CLIENT_SECRET", "wrong-secret", "does not belong to SLACK_CLIENT_ID"),
        ("SLACK_REDIRECT_URI", "https://bot.example.com/back", "does not end in"),
        ("SLACK_API_URL", "http://127.0.0.1:9/api/", "cannot be reached"),
    ],
)
def test_doctor_names_what_is_wrong(
    slack: SeveralWorkspaces, tmp_path: Path, name: str, value: str, says: str
):
    code, out, err = promptbeam(
        tmp_path, "doctor", "--skip-model", **{**env_for(slack, tmp_path), name: value}
    )
    assert code == 1, out + err
    assert says in out
    assert "wrong-secret" not in out + err


def test_workspaces_are_listed_and_one_that_left_can_be_purged_at_once(
    slack: SeveralWorkspaces, tmp_path: Path
):
    env = env_for(slack, tmp_path)
    assert "No workspace has installed" in promptbeam(tmp_path, "workspaces", **env)[1]
    given = installation(slack)
    with Store(tmp_path / "data") as store:
        store.workspaces.save(given)
        store.drafts.put(Draft("d-1", "optimize", "U1", TEAM, "C1", "", {"prompt_text": "x"}))
    code, out, _ = promptbeam(tmp_path, "workspaces", **env)
    assert code == 0
    assert f"{TEAM}  workspace  the first" in out
    assert given.token not in out
    assert (
        "tokens of 1 installations are not in it" in promptbeam(tmp_path, "backup", "copy.sqlite", **env)[1]
    )
    code, _, err = promptbeam(tmp_path, "workspaces", "purge", TEAM, "--yes", **env)
    assert code == 2
    assert "uninstall the bot there first" in err
    with Store(tmp_path / "data") as store:
        assert store.workspaces.leave(TEAM, "revoked", time.time() + 1, time.time() + 86_400)
    assert "data is kept until" in promptbeam(tmp_path, "workspaces", **env)[1]
    code, out, err = promptbeam(tmp_path, "workspaces", "purge", TEAM, "--yes", **env)
    assert code == 0, out + err
    with Store(tmp_path / "data") as store:
        assert store.drafts.get("d-1", TEAM) is None
    assert "deleted 20" in promptbeam(tmp_path, "workspaces", **env)[1]
