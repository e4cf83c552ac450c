"""Settings from the environment, and the files that tell people about them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.config import BotSettings, read_environment
from bot.oauth_settings import OAUTH_VARIABLES, SCOPES
from bot.slack.app import build_app
from optimizer.errors import ConfigError

ROOT = Path(__file__).parents[2]
GOOD = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def test_tokens_for_socket_mode_are_enough():
    settings = BotSettings.from_env(GOOD)
    assert settings.mode == "socket"
    assert settings.api_url == "https://slack.com/api/"
    assert settings.max_file_bytes == 10 * 1024 * 1024
    assert settings.retention_days is None
    assert settings.chroma_url == ""


def test_all_secrets_that_are_missing_are_named_at_once():
    with pytest.raises(ConfigError) as wrong:
        BotSettings.from_env({})
    assert wrong.value.message == "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are missing."
    assert "OAuth & Permissions; Basic Information, App-Level Tokens" in wrong.value.fix


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxp-user"}, "xoxb-"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": "xoxb-1"}, "xapp-"),
        ({"BOT_MODE": "websocket"}, "BOT_MODE"),
        ({"BOT_MODE": "http"}, "SLACK_SIGNING_SECRET"),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL"),
        ({"PORT": "http"}, "PORT"),
        ({"MAX_CONCURRENT_RUNS": "0"}, "MAX_CONCURRENT_RUNS"),
        ({"MAX_FILE_MB": "-1"}, "MAX_FILE_MB"),
        ({"BUDGET_USD": "five"}, "BUDGET_USD"),
        ({"BUDGET_CALLS": "0"}, "BUDGET_CALLS"),
        ({"RETENTION_DAYS": "0"}, "RETENTION_DAYS"),
        ({"RETENTION_DAYS": "a week"}, "RETENTION_DAYS"),
        ({"OPTIMIZE_COMMAND": "optimize"}, "OPTIMIZE_COMMAND"),
    ],
)
def test_an_unusable_setting_is_named_with_the_way_out(changes, named):
    with pytest.raises(ConfigError) as wrong:
        BotSettings.from_env({**GOOD, **changes})
    assert named in str(wrong.value)
    assert wrong.value.fix


def test_without_app_token_a_signing_secret_means_http():
    settings = BotSettings.from_env({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"})
    assert settings.mode == "http"


def test_secrets_do_not_show_in_the_settings_text():
    settings = BotSettings.from_env({**GOOD, "SLACK_SIGNING_SECRET": "hush", "OPENAI_API_KEY": "sk-hush"})
    for secret in ("xoxb-1", "xapp-1", "hush"):
        assert secret not in repr(settings)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch):
    (tmp_path / ".env").write_text("PORT=1\nSLACK_BOT_TOKEN=xoxb-file\n")
    monkeypatch.setenv("PORT", "2")
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    env = read_environment(tmp_path)
    assert (env["PORT"], env["SLACK_BOT_TOKEN"]) == ("2", "xoxb-file")


def test_oauth_variables_of_another_app_do_not_switch_the_mode(shared_office, monkeypatch, tmp_path):
    import os

    from tests.bot.office import settings_for

    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    bot = shared_office.bot
    settings = settings_for(shared_office.workspace, shared_office.model, tmp_path)
    app = build_app(settings, shared_office.store, bot.service, bot.desk)
    assert app.oauth_flow is None
    assert os.environ["SLACK_CLIENT_ID"] == "1.2"


def test_a_refused_token_is_said_plainly(workspace, model, tmp_path):
    from tests.bot.office import bot_at_work, settings_for

    for changes in (
        {"bot_token": "xoxb-wrong"},
        {"app_token": "xapp-wrong"},
        {"api_url": "http://127.0.0.1:9/api/"},
    ):
        with (
            pytest.raises(ConfigError) as refused,
            bot_at_work(settings_for(workspace, model, tmp_path, **changes)),
        ):
            pass
        assert refused.value.fix
        assert "Traceback" not in str(refused.value)


def test_every_setting_is_in_the_example_file():
    sources = [
        ROOT / "bot/config.py",
        ROOT / "bot/background/large_data.py",
        ROOT / "bot/health/settings.py",
        ROOT / "bot/logs.py",
        ROOT / "bot/oauth_settings.py",
        ROOT / "optimizer/model/settings.py",
        ROOT / "storage/embeddings.py",
    ]
    read = set(OAUTH_VARIABLES)
    for source in sources:
        text = source.read_text()
        read |= set(re.findall(r'env(?:iron)?\.get\("([A-Z_]+)"', text))
        read |= set(re.findall(r'\(env, "([A-Z_]+)"', text))
    example = set(re.findall(r"^(?:# )?([A-Z_]{4,})=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read <= example
    assert example <= read


def _manifest(name: str) -> str:
    return (ROOT / "deploy" / name).read_text()


def test_the_manifests_list_the_commands_and_the_scopes_that_are_used():
    from bot.cli.doctor import NEEDED_SCOPES, WANTED_SCOPES

    for name in ("manifest.yaml", "manifest.http.yaml"):
        text = _manifest(name)
        assert set(re.findall(r"command: (/\w+)", text)) == {"/optimize", "/evolve", "/prompts"}
        scopes = set(yaml.safe_load(text)["oauth_config"]["scopes"]["bot"])
        assert scopes == NEEDED_SCOPES | WANTED_SCOPES == set(SCOPES)
    assert "socket_mode_enabled: true" in _manifest("manifest.yaml")
    http = _manifest("manifest.http.yaml")
    assert "socket_mode_enabled: false" in http
    assert http.count("/slack/events") == 5


@pytest.mark.parametrize("name", ["manifest.yaml", "manifest.http.yaml"])
def test_the_manifests_register_what_the_code_listens_to(name, shared_office):
    from bot.slack.leaving import EVENTS as LEAVING
    from bot.slack.message_events import IGNORED
    from tests.bot.doors import registered

    manifest = yaml.safe_load(_manifest(name))
    features, listeners = manifest["features"], set(registered(shared_office))
    assert {f"command {one['command']}" for one in features["slash_commands"]} == {
        one for one in listeners if one.startswith("command ")
    }
    shortcuts = features["shortcuts"]
    assert {f"shortcut {one['callback_id']}" for one in shortcuts} == {
        one for one in listeners if one.startswith("shortcut ")
    }
    assert {one["type"] for one in shortcuts} == {"message", "global"}
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in shortcuts)
    events = {one.partition(".")[0] for one in manifest["settings"]["event_subscriptions"]["bot_events"]}
    heard = {one.removeprefix("event ") for one in listeners if one.startswith("event ")}
    several = set(LEAVING) if name == "manifest.http.yaml" else set()
    assert events == heard - set(IGNORED) | several
    assert features["app_home"]["home_tab_enabled"] is True


def test_the_two_manifests_differ_only_in_how_they_are_reached():
    from bot.slack.leaving import EVENTS as LEAVING

    def bare(text: str) -> list[str]:
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        reached = ("url: ", "socket_mode", "redirect", *LEAVING)
        return [line for line in lines if not any(word in line for word in reached)]

    assert bare(_manifest("manifest.yaml")) == bare(_manifest("manifest.http.yaml"))


def test_the_scopes_of_the_manifest_suffice_for_a_whole_run(model, tmp_path):
    from sandbox.workspace.options import Options
    from sandbox.workspace.runner import RunningWorkspace
    from sandbox.workspace.seed import Seed
    from tests.bot.office import Office, bot_at_work, settings_for

    scopes = tuple(yaml.safe_load(_manifest("manifest.yaml"))["oauth_config"]["scopes"]["bot"])
    with (
        RunningWorkspace(Options(rate_limits=False, seed=Seed(scopes=scopes))) as workspace,
        bot_at_work(settings_for(workspace, model, tmp_path)) as (bot, store),
    ):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        for channel in ("prompts", "secret-lab", "@alice"):
            assert office.ask("alice", channel) == {}
            office.says("held-out examples", channel=channel)
        workspace.slash("alice", "prompts", "/prompts tickets")
        office.says("Past prompts")
        workspace.slash("alice", "prompts", "/optimize status")
        office.says("Your runs")
        assert [call for call in workspace.calls() if call.get("error")] == []


INSTALLS = {
    "BOT_MODE": "http",
    "SLACK_SIGNING_SECRET": "s" * 32,
    "SLACK_CLIENT_ID": "111.222",
    "SLACK_CLIENT_SECRET": "the-client-secret",
    "SLACK_REDIRECT_URI": "https://bot.example.com/slack/oauth_redirect",
}


def test_three_variables_switch_installs_on_and_no_secret_is_shown():
    settings = BotSettings.from_env({**INSTALLS, "SLACK_BOT_TOKEN": "xoxb-unused"})
    assert settings.oauth is not None
    assert settings.oauth.install_url == "https://bot.example.com/slack/install"
    assert settings.bot_token == ""
    assert "the-client-secret" not in repr(settings)


def test_id_and_secret_beside_a_bot_token_leave_one_workspace_as_it_was():
    env = {**INSTALLS, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_REDIRECT_URI": ""}
    settings = BotSettings.from_env(env)
    assert (settings.oauth, settings.bot_token) == (None, "xoxb-1")
    socket_mode = {**INSTALLS, "BOT_MODE": "socket", "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    assert BotSettings.from_env(socket_mode).oauth is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SLACK_CLIENT_ID", "", "SLACK_CLIENT_ID is missing"),
        ("SLACK_CLIENT_SECRET", "", "SLACK_CLIENT_SECRET is missing"),
        ("SLACK_REDIRECT_URI", "", "SLACK_REDIRECT_URI is missing"),
        ("SLACK_REDIRECT_URI", "bot.example.com", "not a web address"),
        ("SLACK_REDIRECT_URI", "http://bot.example.com/slack/oauth_redirect", "not https"),
        ("SLACK_REDIRECT_URI", "https://bot.example.com/slack/callback", "does not end in"),
        ("SLACK_SIGNING_SECRET", "", "SLACK_SIGNING_SECRET is missing"),
        ("REVOKED_GRACE_DAYS", "soon", "REVOKED_GRACE_DAYS"),
        ("ADMIN_USERS", "U0123456789", "does not tell the workspace"),
    ],
)
def test_what_is_wrong_with_installs_is_named(name, value, says):
    with pytest.raises(ConfigError, match=says) as refused:
        BotSettings.from_env({**INSTALLS, name: value})
    assert refused.value.fix
