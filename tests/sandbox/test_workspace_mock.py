"""The controls for tests over HTTP: faults, journal, state."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from slack_payloads import PROMPTS, field, modal
from slack_sdk.errors import SlackApiError

from sandbox.workspace.runner import RunningWorkspace


def mock(running: RunningWorkspace, act: str, /, **body: Any) -> Any:
    request = urllib.request.Request(
        f"{running.url}mock/{act}",
        data=json.dumps(body).encode() if body else None,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def test_a_planned_error_hits_the_next_call_only(client, workspace):
    mock(workspace, "fail_next", method="chat.update", error="edit_window_closed")
    ts = client.chat_postMessage(channel=PROMPTS, text="x")["ts"]
    with pytest.raises(SlackApiError, match="edit_window_closed"):
        client.chat_update(channel=PROMPTS, ts=ts, text="y")
    assert client.chat_update(channel=PROMPTS, ts=ts, text="y")["ok"]


def test_planned_statuses_come_with_retry_after(client, workspace):
    mock(workspace, "fail_next", method="*", status=429, retry_after=7, count=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            client.auth_test()
        assert caught.value.response.headers["Retry-After"] == "7"
    assert client.auth_test()["ok"]


def test_an_answer_can_get_lost_after_the_call_took_effect(client, workspace):
    client.retry_handlers.clear()
    mock(workspace, "fail_next", method="chat.postMessage", lose_answer=True)
    with pytest.raises(OSError):
        client.chat_postMessage(channel=PROMPTS, text="did it arrive?")
    assert workspace.messages("prompts")[0]["text"] == "did it arrive?"


def test_an_unknown_fault_is_refused(workspace):
    assert mock(workspace, "fail_next", method="x", colour="red")["error"] == "invalid_arguments"


def test_the_journal_keeps_calls_with_arguments_but_without_tokens(client, workspace):
    client.chat_postMessage(channel=PROMPTS, text="hello")
    [call] = mock(workspace, "calls?method=chat.postMessage")["calls"]
    assert call["args"]["text"] == "hello"
    assert call["ok"] is True
    assert workspace.bot_token not in json.dumps(mock(workspace, "calls"))
    mock(workspace, "clear_calls", now=True)
    assert mock(workspace, "calls")["calls"] == []


def test_everything_a_person_does_can_be_driven_over_http(bolt, connect, workspace):
    @bolt.command("/optimize")
    def optimize(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal(field("data", {"type": "file_input"})))

    @bolt.view("form")
    def submitted(ack, view, client):
        ack()
        [file] = view["state"]["values"]["data"]["data_action"]["files"]
        client.chat_postMessage(channel=PROMPTS, text=f"got {file['name']}")

    connect(bolt)
    assert mock(workspace, "slash", user="alice", channel="prompts", command="/optimize")["ok"]
    workspace.view("alice")
    file_id = mock(workspace, "upload", user="alice", name="a.csv", content="x\n")["id"]
    assert mock(workspace, "submit", user="alice", values={"data": [file_id]})["ok"]
    ts = workspace.wait_for(lambda one: one["text"] == "got a.csv")["ts"]
    assert mock(workspace, "react", user="bob", channel="prompts", ts=ts, name="tada")["ok"]
    assert mock(workspace, "message", user="bob", channel="prompts", text="thanks", thread_ts=ts)["ok"]
    state = mock(workspace, "state")
    assert state["connections"] == 1
    assert [one["text"] for one in state["messages"][PROMPTS]] == ["got a.csv", "thanks"]
    kinds = [one["kind"] for one in mock(workspace, "deliveries")["deliveries"]]
    assert {"slash_commands", "interactive", "events_api"} <= set(kinds)
    assert mock(workspace, "disconnect", reason="warning")["connections"] == 1
