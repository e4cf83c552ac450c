"""A post whose end nobody saw is looked for before it is made again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.background.housekeeping import remove_uploads
from bot.config import Pace
from bot.slack.blocks import Message
from bot.slack.clients import OneClient
from bot.slack.once import Once
from bot.slack.poster import Poster
from bot.slack.upload_remover import SlackUploadRemover
from bot.slack.uploading import Attachment, Spot, upload_files
from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from storage.store import Store
from tests.bot.office import BRISK, PROMPT, TICKETS, Office, bot_at_work, settings_for
from tests.service.processes import ask_for_a_run, environment, process, slack_environment, told_once


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "data") as opened:
        yield opened


def _poster(workspace: RunningWorkspace, store: Store, pace: Pace = BRISK) -> Poster:
    client = WebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[])
    return Poster(OneClient(client), "T0SANDBOX1", pace, once=Once(store.outbox))


def _said(workspace: RunningWorkspace) -> list[str]:
    return [message["text"] for message in workspace.messages("prompts")]


def test_a_post_that_arrived_although_the_answer_was_lost_is_not_made_again(
    workspace: RunningWorkspace, store: Store
):
    channel = workspace.channel_id("prompts")
    poster = _poster(workspace, store)
    workspace.fail_next("chat.postMessage", lose_answer=True)
    before = len(_said(workspace))
    ts = poster.post(channel, Message("hello", ()), key="r-1/parent").result(timeout=30)
    again = poster.post(channel, Message("hello", ()), key="r-1/parent").result(timeout=30)
    poster.close()
    assert ts == again
    assert _said(workspace)[before:] == ["hello"]


def test_what_nobody_would_post_again_is_not_posted_twice_either(workspace: RunningWorkspace, store: Store):
    channel = workspace.channel_id("prompts")
    poster = _poster(workspace, store)
    for method in ("chat.postMessage", "files.completeUploadExternal"):
        workspace.fail_next(method, lose_answer=True)
    answers = [poster.post(channel, Message("an offer", ())).result(timeout=30) for _ in range(2)]
    poster.upload(channel, [Attachment("a.txt", b"one", "A")], thread_ts=answers[0]).result(timeout=30)
    poster.close()
    assert len(set(answers)) == 2
    thread = workspace.messages("prompts", thread_ts=answers[0])
    assert [file["name"] for message in thread for file in message.get("files", ())] == ["a.txt"]
    assert _said(workspace).count("an offer") == 2, "the same words may be meant twice"
    assert store.database.rows("SELECT * FROM outbox") == []


def test_a_process_that_died_in_the_middle_of_a_post_leaves_it_to_the_next_one(
    workspace: RunningWorkspace, store: Store
):
    channel = workspace.channel_id("prompts")
    first = WebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[])
    parent = str(first.chat_postMessage(channel=channel, text="thread")["ts"])
    for key, arrived in (("r-1/a", True), ("r-1/b", False)):
        store.outbox.begin(key)
        if arrived:
            first.chat_postMessage(
                channel=channel,
                text=key,
                thread_ts=parent,
                metadata={"event_type": "promptbeam_post", "event_payload": {"key": key}},
            )
    poster = _poster(workspace, store)
    for key in ("r-1/a", "r-1/b"):
        poster.post(channel, Message(key, ()), thread_ts=parent, key=key).result(timeout=30)
    poster.close()
    thread = workspace.messages("prompts", thread_ts=parent)
    assert [message["text"] for message in thread] == ["thread", "r-1/a", "r-1/b"]
    assert sorted(_said(workspace)) == ["r-1/a", "r-1/b", "thread"]


def test_an_upload_whose_answer_was_lost_is_known_by_its_files(workspace: RunningWorkspace, store: Store):
    channel = workspace.channel_id("prompts")
    poster = _poster(workspace, store)
    parent = poster.post(channel, Message("thread", ())).result(timeout=30)
    workspace.fail_next("files.completeUploadExternal", lose_answer=True)
    files = [Attachment("a.txt", b"one", "A"), Attachment("b.txt", b"two", "B")]
    found = poster.upload(channel, files, thread_ts=parent, key="r-1/files").result(timeout=30)
    poster.close()
    thread = workspace.messages("prompts", thread_ts=parent)
    names = [file["name"] for message in thread for file in message.get("files", ())]
    assert names == ["a.txt", "b.txt"]
    assert str(found).startswith("F")


def test_an_upload_is_known_to_deletion_whichever_step_its_process_died_in(
    workspace: RunningWorkspace, store: Store
):
    channel = workspace.channel_id("prompts")
    client = WebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[])
    parent = str(client.chat_postMessage(channel=channel, text="thread")["ts"])

    class Died(BaseException):
        """What a kill is to the code that runs."""

    complete = WebClient.files_completeUploadExternal

    def dies(_: object, *sent: object, **given: Any) -> None:
        if not sent:
            complete(client, **given)
        raise Died

    files = [Attachment("a.txt", b"one", "A"), Attachment("b.txt", b"two", "B")]
    for step in ("bot.slack.uploading._send", "slack_sdk.WebClient.files_completeUploadExternal"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(step, dies)
            with pytest.raises(Died):
                upload_files(client, files, Spot(channel, parent), partial(store.uploads.note, "r-1"))
    assert len(store.uploads.doomed()) == 4, "the run is gone, so that all of them are to be deleted"
    shown = {
        file["id"]
        for message in workspace.messages("prompts", thread_ts=parent)
        for file in message.get("files", ())
    }
    assert len(shown) == 2
    assert shown < set(store.uploads.doomed())
    assert remove_uploads(store.uploads, SlackUploadRemover(OneClient(client), lambda seconds: None)) == 4
    left = workspace.messages("prompts", thread_ts=parent)
    assert all(file["mode"] == "tombstone" for message in left for file in message.get("files", ()))


def test_a_refused_post_is_not_in_doubt_and_a_forgotten_one_is_made_anew(
    workspace: RunningWorkspace, store: Store
):
    channel = workspace.channel_id("prompts")
    poster = _poster(workspace, store)
    workspace.fail_next("chat.postMessage", error="is_archived")
    with pytest.raises(SlackApiError):
        poster.post(channel, Message("one", ()), key="r-1/error").result(timeout=30)
    poster.post(channel, Message("one", ()), key="r-1/error").result(timeout=30)
    poster.forget("r-1/error")
    poster.post(channel, Message("two", ()), key="r-1/error").result(timeout=30)
    poster.close()
    assert _said(workspace)[-2:] == ["one", "two"]


def test_a_run_whose_posts_and_uploads_lose_their_answers_tells_everything_once(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    with bot_at_work(settings_for(workspace, model, tmp_path)) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        for method in ("chat.postMessage", "files.completeUploadExternal"):
            workspace.fail_next(method, lose_answer=True, count=3)
        office.ask()
        office.says("held-out examples")
        ((run_id,),) = store.database.rows("SELECT id FROM runs")
        assert office.ended(run_id, 120) == "done"
        told_once(workspace)


@pytest.mark.timeout(240)
def test_a_bot_that_is_killed_in_the_middle_of_posts_and_uploads_makes_each_of_them_once(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    env = {**environment(model), **slack_environment(workspace)}

    asked = False
    for method in (
        "chat.postMessage",
        "chat.postMessage",
        "files.completeUploadExternal",
        "chat.postMessage",
    ):
        workspace.fail_next(method, lose_answer=True)
        with process(tmp_path / "bot", env, "bot") as bot:
            workspace.wait(lambda: workspace.workspace.socket_mode.connections > 0, 60, "the bot")
            if not asked:
                ask_for_a_run(workspace)
                asked = True
            workspace.wait(lambda: not workspace.do(workspace.workspace.faults.to_come), 90, method)
            bot.kill()  # it tries again after a second, and has not seen what came of this attempt
    with process(tmp_path / "bot", env, "bot"), Store(tmp_path / "bot" / ".promptbeam") as store:
        workspace.wait(lambda: not store.runs.unfinished(), 90, "the end of the run")
        ((status,),) = store.database.rows("SELECT status FROM runs")
        assert status == "done"
        workspace.wait_for(lambda message: "held-out examples" in message["text"], 30)
        told_once(workspace)


@pytest.mark.timeout(240)
def test_a_form_whose_bot_died_before_it_answered_can_be_sent_again(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    env = {**environment(model), **slack_environment(workspace)}
    values = {"prompt": PROMPT, "examples": [("tickets.csv", TICKETS)]}
    with ThreadPoolExecutor(1) as person, process(tmp_path / "bot", env, "bot") as bot:
        workspace.wait(lambda: "is ready" in bot.said, 60, "the bot")
        workspace.slash("alice", "prompts", "/optimize")
        workspace.view("alice", 30)
        workspace.fail_next("users.conversations", delay=2)
        answer = person.submit(workspace.submit, "alice", values)
        workspace.wait(lambda: not workspace.do(workspace.workspace.faults.to_come), 60, "a question")
        bot.kill()
        assert answer.exception(60) or answer.result()
    with process(tmp_path / "bot", env, "bot") as bot:
        workspace.wait(lambda: "is ready" in bot.said, 60, "the bot")
        assert workspace.submit("alice", values) == {}
        workspace.wait_for(lambda message: "What I understood" in message["text"], 60)
        told_once(workspace)
