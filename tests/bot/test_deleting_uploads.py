"""What the bot uploaded for a run is deleted at Slack when the run is, sooner or later."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.background.housekeeping import Housekeeping, remove_uploads
from bot.slack.clients import OneClient
from bot.slack.upload_remover import SlackUploadRemover, remover_from_env
from optimizer.errors import InputError
from sandbox.workspace.runner import RunningWorkspace
from storage.store import Store
from storage.visibility import Viewer
from tests.bot.office import Office, run_id_of

ALICE = Viewer("U000ALICE01", "T0SANDBOX1")


def files_in(office: Office) -> set[str]:
    """Names of the files that the channel's threads still show."""
    return {
        file["name"]
        for message in office.workspace.messages("prompts")
        for reply in office.workspace.messages("prompts", thread_ts=message["ts"])
        for file in reply.get("files", ())
        if file.get("mode") != "tombstone" and message["ts"] > office.since
    }


def test_deleting_a_run_deletes_its_uploads_and_nobody_elses(office: Office):
    office = office.from_now()
    office.ask(preset="quick")
    final = office.says("held-out examples")
    parent = next(m for m in office.workspace.messages("prompts") if m["ts"] == final["thread_ts"])
    run_id = run_id_of(parent)
    office.ended(run_id)
    uploaded = office.store.uploads.of_run(run_id)
    assert {"scores.png", "prompt.txt", "report.json"} <= set(uploaded.values())
    assert set(uploaded.values()) <= files_in(office)
    with pytest.raises(InputError):
        office.store.eraser.erase(run_id, Viewer("U000BOB0001", "T0SANDBOX1"))
    erased = office.store.eraser.erase(run_id, ALICE)
    assert erased.uploads == len(uploaded)
    waits: list[float] = []
    client = WebClient(office.workspace.bot_token, base_url=office.workspace.api_url)
    gone = remove_uploads(office.store.uploads, SlackUploadRemover(OneClient(client), waits.append))
    assert gone == len(uploaded)
    assert len(waits) == gone - 1
    assert not files_in(office) & {"scores.png", "report.json"}
    assert office.store.uploads.doomed() == []


class Remover:
    """Cannot delete at first."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.reachable = False
        self.done = threading.Event()

    def remove(self, file_id: str, team: str = "") -> bool:
        self.asked.append(file_id)
        if self.reachable:
            self.done.set()
        return self.reachable


def test_a_file_that_cannot_be_deleted_now_is_tried_again(tmp_path: Path):
    with Store(tmp_path) as store:
        store.uploads.note("gone", {"F1": "prompt.txt"})
        remover = Remover()
        assert remove_uploads(store.uploads, remover) == 0
        assert store.uploads.doomed() == ["F1"]
        remover.reachable = True
        with Housekeeping(store, remover, 30) as housekeeping:
            assert remover.done.wait(10)
            housekeeping.wake()
        assert store.uploads.doomed() == []


def test_a_file_that_slack_does_not_know_counts_as_gone(tmp_path: Path):
    with RunningWorkspace() as workspace:
        env = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_API_URL": workspace.api_url}
        assert remover_from_env(env).remove("F0NOTHERE")
    assert not remover_from_env(env | {"SLACK_API_URL": "http://127.0.0.1:9/api"}).remove("F0NOTHERE")
