"""The main path: /optimize, the form, the thread, the result; over Socket Mode and over signed HTTP."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from tests.bot.office import PROMPT, TICKETS, Office, bot_at_work, run_id_of, settings_for, shown


def _the_whole_way(office: Office) -> None:
    assert office.ask(goal="Route tickets to the right team") == {}
    final = office.says("held-out examples")
    parent = next(m for m in office.workspace.messages("prompts") if m["ts"] == final["thread_ts"])
    run_id = run_id_of(parent)
    assert office.ended(run_id) == "done"
    replies = office.thread(parent)
    text = "\n".join(shown(reply) for reply in replies)
    for words in (
        "What I understood",
        "simulated",
        "Start:",
        "Round 1 of",
        "The edit that won",
        "label by label",
        "Cost",
    ):
        assert words in text
    names = [file["name"] for reply in replies for file in reply.get("files", ())]
    assert {"scores.png", "prompt.txt", "report.json"} <= set(names)
    closed = shown(next(m for m in office.workspace.messages("prompts") if m["ts"] == parent["ts"]))
    assert "✅" in closed
    assert "Go to the result" in closed
    assert "Stop" not in closed
    refused = [call for call in office.workspace.calls() if call.get("error")]
    assert refused == []
    saved = office.store.prompts.of_run(run_id, office.bot.desk.members.viewer("U000ALICE01", "T0SANDBOX1"))
    assert len(saved) == 1
    assert saved[0].seed_text.strip() == PROMPT.strip()


def test_a_form_with_files_becomes_a_thread_with_a_tested_prompt(office: Office):
    _the_whole_way(office)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_same_works_over_signed_http(model: RunningModel, tmp_path: Path):
    port = _free_port()
    url = f"http://127.0.0.1:{port}/slack/events"
    with RunningWorkspace(Options(rate_limits=False, request_url=url)) as workspace:
        settings = settings_for(workspace, model, tmp_path, mode="http", app_token="", port=port)
        with bot_at_work(settings) as (bot, store):
            _the_whole_way(Office(workspace, model, bot, store))


def test_an_unsigned_request_is_refused_over_http(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    settings = settings_for(workspace, model, tmp_path, mode="http", app_token="", port=0)
    with bot_at_work(settings) as (bot, _):
        base = f"http://127.0.0.1:{bot.port}"
        assert urllib.request.urlopen(f"{base}/healthz").read() == b"ok"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{base}/slack/events", data=b"command=%2Foptimize")
        assert refused.value.code == 401


def test_inline_text_fills_the_form_in(office: Office):
    view = office.open_form(text="Label this &amp; that: {ticket}")
    prompt = next(block for block in view["blocks"] if block.get("block_id") == "prompt")
    assert prompt["element"]["initial_value"] == "Label this & that: {ticket}"


def test_a_long_inline_prompt_is_kept_and_used(office: Office):
    long = "Which team? " + "Consider every word. " * 200 + "Ticket: {ticket} Team:"
    view = office.open_form(text=long)
    assert "is kept as it is" in shown(view)
    assert office.workspace.submit("alice", {"examples": [("tickets.csv", TICKETS)]}) == {}
    parent = office.card()
    run_id = run_id_of(parent)
    assert office.store.runs.get(run_id).request["prompt_text"] == long
    assert office.ended(run_id) == "done"


def test_a_form_that_is_delivered_again_is_still_one_run(office: Office):
    office.ask()
    office.redeliver("interactive")
    final = office.says("held-out examples")
    office.redeliver("interactive")
    parents = [
        m for m in office.workspace.messages("prompts") if not m.get("thread_ts") or m["thread_ts"] == m["ts"]
    ]
    assert [m["ts"] for m in parents] == [final["thread_ts"]]
    assert len(office.store.runs.recent(office.bot.desk.members.viewer("U000ALICE01", "T0SANDBOX1"))) == 1


def test_a_command_that_is_delivered_again_opens_no_second_form(office: Office):
    office.open_form()
    office.redeliver("slash_commands")
    assert len(office.workspace.views("alice")) == 1
    assert len(office.workspace.calls("views.open")) == 1


def test_help_and_status_answer_the_asker_alone(office: Office):
    office.workspace.slash("alice", "general", "/optimize help")
    told = office.says("Improve a prompt", channel="general")
    assert told["seen_only_by"] == "U000ALICE01"
    office.workspace.slash("alice", "prompts", "/optimize status")
    assert office.says("You have no runs yet")["seen_only_by"] == "U000ALICE01"
    office.model.control(hold_after=0)
    office.ask()
    office.says("Optimising")
    office.workspace.slash("alice", "prompts", "/optimize status")
    office.says("open the thread")


def test_a_channel_without_the_bot_gets_a_hint_and_loses_nothing(office: Office):
    office.open_form(channel="general")
    asked_for_a_place(office)
    general = office.workspace.channel_id("general")
    filled = {"prompt": PROMPT, "examples": [("tickets.csv", TICKETS)], "post_to": general}
    answer = office.workspace.submit("alice", filled)
    assert "not in this channel" in answer["errors"]["post_to"]
    assert "/invite @promptbeam" in shown(office.says("/invite", channel="general"))
    office.workspace.invite_bot("general")
    assert office.workspace.submit("alice", filled) == {}
    office.says("held-out examples", channel="general")


def asked_for_a_place(office: Office) -> None:
    """Wait until the form asks where to post, and says what leaving that open means."""
    office.workspace.wait(
        lambda: "left empty, it comes to your direct" in shown(office.workspace.view("alice"))
    )


@pytest.mark.parametrize("command", ["/optimize", "/evolve"])
def test_the_form_of_a_message_between_people_leads_to_the_askers_own_messages(office: Office, command: str):
    between = office.workspace.inspect(
        lambda w: w.state.direct_channel({w.state.person("alice").id, w.state.person("bob").id}).id
    )
    office.workspace.slash("alice", between, command)
    asked_for_a_place(office)
    assert "between people" in shown(office.workspace.view("alice"))
    data = {"prompt": PROMPT, "examples": [("tickets.csv", TICKETS)]}
    filled = data if command == "/optimize" else {"pasted": "Plan a feast.\nWash a car."}
    answer = office.workspace.submit("alice", filled | {"post_to": between})
    assert "between people" in answer["errors"]["post_to"]
    assert office.workspace.submit("alice", filled) == {}
    card = office.find(lambda m: "Run r-" in shown(m), "@alice")
    office.workspace.slash("alice", "prompts", "/optimize status")
    listed = shown(office.says("Your runs"))
    assert "a direct message" in listed
    assert "<#D" not in listed
    office.ended(run_id_of(card))


def test_a_run_in_a_direct_message_works_and_stays_there(office: Office):
    assert office.ask(channel="@alice") == {}
    office.says("held-out examples", channel="@alice")
    assert office.store.runs.unfinished() is not None
    viewer = office.bot.desk.members.viewer("U0000BOB001", "T0SANDBOX1")
    assert office.store.runs.recent(viewer) == []
