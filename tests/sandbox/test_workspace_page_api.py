"""The page's API: what each person sees and does, and who is kept out."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_payloads import ALICE, BOB, CAROL, PROMPTS, SECRET_LAB, actions, button, field, modal, section

from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace


class Browser:
    """Asks as the page does."""

    def __init__(self, running: RunningWorkspace, user: str = "alice") -> None:
        self.base = running.url.rstrip("/")
        self.user = user

    async def get(self, path: str, **headers: str) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.base + path, headers=headers) as answer,
        ):
            return await answer.json() if answer.content_type == "application/json" else answer.status

    async def post(self, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
        body = {"user": self.user, **body}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.base + path, json=body, headers=headers or {}) as answer,
        ):
            return await answer.json() if answer.content_type == "application/json" else answer.status


async def test_the_first_state_has_people_channels_commands_and_the_chosen_person(workspace):
    state = await Browser(workspace).get("/web/state?user=bob")
    assert state["me"] == BOB
    assert {"alice", "bob", "carol", "promptbeam"} == {one["name"] for one in state["users"]}
    assert "/optimize" in [one["command"] for one in state["commands"]]
    direct = [one for one in state["channels"] if one["is_im"]]
    assert [one["name"] for one in direct] == ["promptbeam"]


async def test_a_private_channel_is_hidden_from_who_is_not_in_it(workspace):
    workspace.send("alice", "secret-lab", "secret")
    carol = Browser(workspace, "carol")
    state = await carol.get("/web/state?user=carol")
    assert "secret-lab" not in [one["name"] for one in state["channels"]]
    answer = await carol.get(f"/web/messages?user=carol&channel={SECRET_LAB}")
    assert answer == {"ok": False, "error": "channel_not_found", "messages": []}
    sent = await carol.post("/web/send", channel=SECRET_LAB, text="let me in")
    assert sent["error"] == "channel_not_found"


async def test_samples_come_from_the_examples_folder(tmp_path: Path):
    task = tmp_path / "tickets"
    task.mkdir()
    (task / "prompt.txt").write_text("Classify: {text}\n")
    (task / "train.csv").write_text("text,label\na,b\n")
    (task / "notes.bin").write_bytes(b"\0")
    (task / "README.md").write_text("# Support tickets\n")
    (tmp_path / "unfinished").mkdir()
    with RunningWorkspace(Options(examples=tmp_path)) as running:
        browser = Browser(running)
        [sample] = (await browser.get("/web/state"))["samples"]
        assert (sample["title"], sample["prompt"]) == ("Support tickets", "Classify: {text}")
        assert sample["files"] == [{"name": "train.csv", "url": "/samples/tickets/train.csv"}]
        assert await browser.get("/samples/tickets/train.csv") == 200
        assert await browser.get("/samples/tickets/notes.bin") == 404
        assert await browser.get("/samples/tickets/..%2f..%2fsecret") == 404


async def test_a_message_with_an_uploaded_file_is_shown_to_the_channel(workspace):
    form = aiohttp.FormData({"user": "alice"})
    form.add_field("file", b"x,y\n", filename="a.csv")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{workspace.url}web/upload", data=form) as answer,
    ):
        uploaded = await answer.json()
    assert (uploaded["name"], uploaded["size"], uploaded["mimetype"]) == ("a.csv", 4, "text/csv")
    browser = Browser(workspace)
    assert (await browser.post("/web/send", channel=PROMPTS, text="", file_ids=[uploaded["id"]]))["ok"]
    shown = await Browser(workspace, "bob").get(f"/web/messages?user=bob&channel={PROMPTS}")
    assert shown["messages"][0]["files"][0]["url"] == f"/files/{uploaded['id']}/a.csv"


async def test_a_text_that_starts_with_a_slash_is_a_command_and_a_path_in_a_text_is_not(workspace):
    browser = Browser(workspace)
    assert (await browser.post("/web/send", channel=PROMPTS, text="/dance"))["error"] == "unknown_command"
    assert (await browser.post("/web/send", channel=PROMPTS, text="/optimize"))[
        "error"
    ] == "app_not_connected"
    assert (await browser.post("/web/send", channel=PROMPTS, text="/etc/hosts is a file"))["ok"]
    parent = workspace.send("alice", "prompts", "parent")
    answer = await browser.post("/web/send", channel=PROMPTS, text="/optimize", thread_ts=parent)
    assert answer["error"] == "commands_do_not_work_in_threads"


async def test_the_stream_pushes_messages_edits_views_and_home_to_the_right_person(workspace, client):
    received: dict[str, list[dict[str, Any]]] = {"alice": [], "carol": []}

    async def listen(session: aiohttp.ClientSession, user: str, wanted: int) -> None:
        async with session.ws_connect(f"{workspace.url}web/stream?user={user}") as stream:
            ready.release()
            while len(received[user]) < wanted:
                received[user].append(json.loads(await stream.receive_str(timeout=10)))

    def act() -> None:
        workspace.send("alice", "secret-lab", "secret")
        ts = client.chat_postMessage(channel=PROMPTS, text="one")["ts"]
        client.chat_update(channel=PROMPTS, ts=ts, text="two")
        client.chat_postEphemeral(channel=PROMPTS, user=ALICE, text="psst")
        trigger = workspace.inspect(lambda it: it.triggers.issue(ALICE, channel=PROMPTS))
        select = {"type": "conversations_select", "default_to_current_conversation": True}
        client.views_open(trigger_id=trigger, view=modal(field("place", select)))
        client.views_publish(user_id=ALICE, view={"type": "home", "blocks": [section("hi")]})
        client.chat_delete(channel=PROMPTS, ts=ts)

    ready = asyncio.Semaphore(0)
    async with aiohttp.ClientSession() as session:
        listeners = [asyncio.create_task(listen(session, *one)) for one in (("alice", 7), ("carol", 3))]
        for _ in listeners:
            await ready.acquire()
        await asyncio.to_thread(act)
        await asyncio.gather(*listeners)
    assert [one["type"] for one in received["alice"]] == [
        "message",
        "message",
        "message_changed",
        "message",
        "view_open",
        "home",
        "message_deleted",
    ]
    assert [one["type"] for one in received["carol"]] == ["message", "message_changed", "message_deleted"]
    assert received["alice"][3]["message"]["ephemeral"] is True
    element = received["alice"][4]["view"]["blocks"][0]["element"]
    assert element["initial_conversation"] == PROMPTS


async def test_requests_of_other_web_sites_are_refused(workspace):
    browser = Browser(workspace)
    assert await browser.get("/web/state", Origin="https://evil.example") == 403
    assert await browser.get("/web/state", Origin="null") == 403
    assert await browser.get("/web/state", Host="evil.example") == 403
    assert (
        await browser.post("/mock/message", {"Sec-Fetch-Site": "cross-site"}, channel=PROMPTS, text="x")
        == 403
    )
    assert await browser.get(f"/web/stream?user={CAROL}", Origin="https://evil.example") == 403
    assert (await browser.get("/web/state", Origin=browser.base))["ok"]


async def test_a_click_on_what_is_not_there_is_refused(workspace, client):
    ts = client.chat_postMessage(channel=PROMPTS, text="x", blocks=[actions(button("go"))])["ts"]
    browser = Browser(workspace)
    answer = await browser.post("/web/click", channel=PROMPTS, ts=ts, block_id="buttons", action_id="other")
    assert answer["error"] == "not_found"
    answer = await browser.post("/web/click", channel=PROMPTS, ts="1.0", block_id="b", action_id="go")
    assert answer["error"] == "message_not_found"


@pytest.mark.parametrize("body", ["[]", "{", '"x"'])
async def test_a_body_that_is_no_json_object_is_refused(workspace, body):
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{workspace.url}web/send", data=body, headers={"Content-Type": "application/json"}
        ) as answer,
    ):
        assert answer.status == 400


async def test_a_view_of_somebody_else_cannot_be_submitted_or_closed(workspace, client):
    trigger = workspace.inspect(lambda it: it.triggers.issue(ALICE))
    view = client.views_open(trigger_id=trigger, view=modal(section("x")))["view"]["id"]
    bob = Browser(workspace, "bob")
    assert (await bob.post("/web/view/submit", view_id=view, values={}))["error"] == "not_found"
    await bob.post("/web/view/close", view_id=view)
    assert len(workspace.views("alice")) == 1


async def test_reactions_are_put_and_taken_back_and_own_messages_edited_and_deleted(workspace):
    ts = workspace.send("alice", "prompts", "helo")
    browser = Browser(workspace)
    await browser.post("/web/react", channel=PROMPTS, ts=ts, name="eyes")
    await browser.post("/web/react", channel=PROMPTS, ts=ts, name="eyes", remove=True)
    await browser.post("/web/edit", channel=PROMPTS, ts=ts, text="hello")
    [message] = workspace.messages("prompts")
    assert (message["text"], "reactions" in message) == ("hello", False)
    assert (await Browser(workspace, "bob").post("/web/delete", channel=PROMPTS, ts=ts))["error"]
    assert (await browser.post("/web/delete", channel=PROMPTS, ts=ts))["ok"]
    assert workspace.messages("prompts") == []
