"""The workspace as a process of its own, and its seed files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml
from slack_sdk import WebClient

from sandbox.workspace.seed import Seed, SeedError, load_seed, promptbeam_seed

COMMAND = [sys.executable, "-m", "sandbox.workspace", "--port", "0"]
ROOT = Path(__file__).parents[2]


def start(*options: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    process = subprocess.Popen(
        [*COMMAND, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    return process, json.loads(process.stdout.readline())


def test_the_ready_line_says_all_that_a_bot_needs_and_sigterm_ends_it():
    process, ready = start()
    with process:
        assert ready["ready"] == "workspace"
        client = WebClient(ready["bot_token"], base_url=ready["api_url"])
        assert client.auth_test()["ok"]
        assert client.apps_connections_open(app_token=ready["app_token"])["url"].startswith("ws://127.0.0.1")
        with urllib.request.urlopen(ready["url"]) as page:
            assert page.status == 200
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0


def test_it_ends_with_its_parent_if_asked_to():
    process, _ = start("--exit-with-parent")
    with process:
        process.stdin.close()
        assert process.wait(10) == 0


def test_it_listens_on_this_machine_only():
    process, ready = start()
    with process:
        assert ready["url"].startswith("http://127.0.0.1:")
        process.terminate()


def test_a_seed_changes_people_and_channels_and_keeps_the_rest(tmp_path: Path):
    seed = {
        "team_name": "Lab",
        "bot_token": "xoxb-fixed",
        "users": [{"id": "U1", "name": "dana"}],
        "channels": [{"id": "C1", "name": "lab", "members": ["dana", "promptbeam"], "is_private": True}],
    }
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(seed))
    process, ready = start("--seed", str(path), "--rate-limits", "off")
    with process:
        assert ready["bot_token"] == "xoxb-fixed"
        client = WebClient("xoxb-fixed", base_url=ready["api_url"])
        assert client.auth_test()["team"] == "Lab"
        assert client.conversations_info(channel="C1")["channel"]["is_private"] is True
        process.terminate()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[]", "one JSON object"),
        ("{", "not a readable JSON file"),
        ('{"colour": 1}', "unknown field 'colour'"),
        ('{"users": [{"name": "dana"}]}', "required field"),
        ('{"users": [{"id": "U1", "name": "dana", "age": 3}]}', "unknown field 'age'"),
    ],
)
def test_a_seed_that_cannot_be_used_says_why(tmp_path: Path, content: str, complaint: str):
    path = tmp_path / "seed.json"
    path.write_text(content)
    with pytest.raises(SeedError, match=complaint):
        load_seed(path, Seed())


def test_the_process_gives_the_app_what_the_manifest_asks_for_and_no_more():
    manifest = yaml.safe_load((ROOT / "deploy" / "manifest.yaml").read_text())
    features, settings = manifest["features"], manifest["settings"]
    seed = promptbeam_seed()
    assert set(seed.scopes) == set(manifest["oauth_config"]["scopes"]["bot"])
    assert set(seed.events) == set(settings.get("event_subscriptions", {}).get("bot_events", []))
    assert [(one.command, one.description, one.usage_hint) for one in seed.commands] == [
        (one["command"], one["description"], one["usage_hint"]) for one in features["slash_commands"]
    ]
    assert [one.callback_id for one in seed.shortcuts] == [
        one["callback_id"] for one in features.get("shortcuts", [])
    ]
    assert seed.bot_name == features["bot_user"]["display_name"]


def test_a_bad_seed_ends_the_command_with_status_2(tmp_path: Path):
    path = tmp_path / "seed.json"
    path.write_text("[]")
    done = subprocess.run(
        [*COMMAND, "--seed", str(path)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 2
    assert "one JSON object" in done.stderr
