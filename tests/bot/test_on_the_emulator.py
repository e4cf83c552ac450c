"""The main path against an implementation of Slack that is not ours: npm's ``emulate`` 0.11.2.

It keeps state (messages, views, files, membership, triggers) and delivers nothing, so the test sends
the signed requests that Slack would send.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from bot.slack.form_inputs import FormContext
from bot.slack.sample_task import sample_request
from sandbox.model.runner import RunningModel
from tests.bot.office import BRISK, bot_at_work, shown

EMULATOR = ("npx", "--yes", "emulate@0.11.2")
SECRET = "shhh-it-is-a-test"
SEED = f"""
slack:
  team: {{name: Lab, domain: lab}}
  users: [{{name: alice, email: alice@example.com}}, {{name: promptbeam, email: bot@example.com}}]
  channels: [{{name: prompts}}]
  bots: [{{name: promptbeam}}]
  tokens:
    - {{token: xoxb-local-test, type: bot, user: promptbeam, app_id: A000000001}}
    - {{token: xoxp-alice, user: alice}}
  signing_secret: {SECRET}
"""

pytestmark = pytest.mark.skipif(
    shutil.which("npx") is None,
    reason="THE BOT IS NOT TESTED ON AN INDEPENDENT SLACK: no npx (apt-get install npm)",
)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The emulator's address; skipped loudly when npm cannot bring it."""
    folder = tmp_path_factory.mktemp("emulator")
    (folder / "seed.yaml").write_text(SEED)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*EMULATOR, "start", "--service", "slack", "--port", str(port), "--seed", "seed.yaml"]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        if not _answers(url, process):
            pytest.skip("THE BOT IS NOT TESTED ON AN INDEPENDENT SLACK: npm could not bring emulate@0.11.2")
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    ends = time.monotonic() + 90
    while time.monotonic() < ends and process.poll() is None:
        try:
            WebClient("xoxb-local-test", base_url=f"{url}api/").auth_test()
            return True
        except (OSError, SlackApiError):
            time.sleep(0.2)
    return False


class Driver:
    """Sends what Slack would send, signed."""

    def __init__(self, bot_url: str, api_url: str) -> None:
        self.bot_url = bot_url
        self.alice = WebClient("xoxp-alice", base_url=api_url)
        self.bot = WebClient("xoxb-local-test", base_url=api_url)
        self.team = self.alice.auth_test()["team_id"]
        self.user = self.alice.auth_test()["user_id"]
        self.channel = next(
            one["id"] for one in self.alice.conversations_list()["channels"] if one["name"] == "prompts"
        )
        if not self.bot.conversations_info(channel=self.channel)["channel"].get("is_member"):
            self.bot.conversations_join(channel=self.channel)

    def trigger(self) -> str:
        answer = self.bot.api_call("views.generateTriggerId", json={"user_id": self.user})
        return str(answer["trigger_id"])

    def send(self, fields: dict[str, str]) -> tuple[int, str]:
        body = urllib.parse.urlencode(fields).encode()
        stamp = str(int(time.time()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": str(signature),
        }
        request = urllib.request.Request(self.bot_url, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()

    def command(self, text: str) -> tuple[int, str]:
        return self.send(
            {
                "command": "/optimize", "text": text, "team_id": self.team, "user_id": self.user,
                "channel_id": self.channel, "trigger_id": self.trigger(), "api_app_id": "A000000001",
                "response_url": "http://127.0.0.1:9/none",
            }
        )  # fmt: skip

    def interact(self, payload: dict[str, Any]) -> tuple[int, str]:
        base = {
            "team": {"id": self.team, "domain": "lab"},
            "user": {"id": self.user, "team_id": self.team},
            "api_app_id": "A000000001",
            "trigger_id": self.trigger(),
        }
        return self.send({"payload": json.dumps({**base, **payload})})

    def thread(self, ts: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.alice.conversations_replies(channel=self.channel, ts=ts)[
            "messages"
        ]
        return found

    def posted(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.alice.conversations_history(channel=self.channel)["messages"]
        return found


def _wait(look: Any, what: str, seconds: float = 60.0) -> Any:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(what)


def test_the_whole_way_on_a_slack_that_is_not_ours(emulator: str, tmp_path: Path):
    from bot.config import BotSettings
    from optimizer.model.settings import ModelSettings

    api = f"{emulator}api/"
    with RunningModel() as model:
        settings = BotSettings(
            bot_token="xoxb-local-test",
            signing_secret=SECRET,
            mode="http",
            port=0,
            api_url=api,
            data=tmp_path,
            pace=BRISK,
            models=ModelSettings(
                task_model="simulated-small",
                optimizer_model="simulated-large",
                base_url=model.url,
                journal_scope="simulated",
            ),
        )
        with bot_at_work(settings) as (bot, store):
            driver = Driver(f"http://127.0.0.1:{bot.port}/slack/events", api)
            assert driver.command("demo")[0] == 200
            request = sample_request()
            view = {
                "id": "V1",
                "type": "modal",
                "callback_id": "optimize.form",
                "private_metadata": FormContext(driver.team, driver.channel).pack(),
                "blocks": [{"type": "input", "block_id": "prompt"}],
                "state": {
                    "values": {
                        "prompt": {"value": {"value": request.prompt_text}},
                        "pasted": {"value": {"value": request.pasted}},
                    }
                },
            }
            status, answer = driver.interact({"type": "view_submission", "view": view})
            assert (status, answer) == (200, "")
            assert driver.interact({"type": "view_submission", "view": view})[0] == 200
            run = _wait(lambda: store.runs.unfinished() or _ended(store), "a run")[0]
            _wait(lambda: store.runs.get(run.id).status in ("done", "failed", "cancelled"), "the end")
            assert store.runs.get(run.id).status == "done"
            parents = [one for one in driver.posted() if run.id in shown(one.get("blocks"))]
            assert len(parents) == 1
            replies = driver.thread(parents[0]["ts"])
            text = "\n".join(shown(one.get("blocks")) + one.get("text", "") for one in replies)
            for words in (
                "What I understood",
                "Start:",
                "Round 1 of",
                "held-out examples",
                "Request changes…",
            ):
                assert words in text
            assert "✅" in shown(parents[0]["blocks"])
            names = [file["name"] for one in replies for file in one.get("files", ())]
            assert {"prompt.txt", "report.json"} <= set(names)
            result = next(one for one in replies if "Request changes…" in shown(one.get("blocks")))
            prompt_id = f"p-{run.id[2:]}"
            driver.interact(
                {
                    "type": "block_actions",
                    "container": {
                        "type": "message", "message_ts": result["ts"], "channel_id": driver.channel,
                    },
                    "channel": {"id": driver.channel},
                    "message": result,
                    "actions": [
                        {"type": "button", "action_id": "review.accept", "block_id": "b", "value": prompt_id}
                    ],
                }
            )  # fmt: skip
            _wait(
                lambda: any("Accepted by" in one.get("text", "") for one in driver.thread(parents[0]["ts"])),
                "it",
            )
            assert re.search(r"Accepted by <@\w+>", str(driver.thread(parents[0]["ts"])))


def _ended(store: Any) -> Any:
    from storage.visibility import Viewer

    return store.runs.recent(Viewer("", "", everything=True))
