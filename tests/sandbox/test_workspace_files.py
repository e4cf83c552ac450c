"""Files: upload, sharing, who may read them, and how they are served."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from slack_payloads import GENERAL, PROMPTS
from slack_sdk.errors import SlackApiError

from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from sandbox.workspace.seed import Seed

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def refused(code: str):
    return pytest.raises(SlackApiError, match=f"'error': '{code}'")


def fetch(url: str, token: str = ""):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request) as response:
        return response.status, response.headers, response.read()


def test_an_upload_into_a_thread_becomes_a_reply_with_files(client, workspace):
    parent = client.chat_postMessage(channel=PROMPTS, text="run")["ts"]
    answer = client.files_upload_v2(
        channel=PROMPTS,
        thread_ts=parent,
        initial_comment="the result",
        file_uploads=[
            {"filename": "prompt.md", "content": "# é", "title": "Prompt"},
            {"filename": "scores.png", "content": PNG},
        ],
    )
    reply = workspace.messages("prompts", thread_ts=parent)[1]
    assert reply["text"] == "the result"
    assert [one["name"] for one in reply["files"]] == ["prompt.md", "scores.png"]
    assert "thumb" in reply["files"][1]
    info = client.files_info(file=answer["files"][0]["id"])["file"]
    assert (info["title"], info["filetype"], info["mimetype"], info["size"]) == (
        "Prompt",
        "markdown",
        "text/plain",
        4,
    )
    assert info["shares"]["public"][PROMPTS][0]["thread_ts"] == parent


def test_the_bytes_come_back_for_the_bots_token(client, workspace):
    file = client.files_upload_v2(channel=PROMPTS, filename="ä b.csv", content="x,y\n")["file"]
    status, headers, body = fetch(file["url_private"], workspace.bot_token)
    assert (status, body) == (200, b"x,y\n")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("token", ["", "xoxb-wrong", "xoxb-no-files"])
def test_without_the_right_to_read_files_slack_shows_its_login_page(token):
    seed = Seed(extra_tokens={"xoxb-no-files": ("chat:write",)})
    with RunningWorkspace(Options(seed=seed)) as running:
        file_id = running.upload("alice", "a.csv", b"x\n")
        status, headers, body = fetch(f"{running.url}files-pri/{file_id}/a.csv", token)
        assert status == 200
        assert headers.get_content_type() == "text/html"
        assert body.startswith(b"<!DOCTYPE html>")


def test_the_bot_cannot_see_a_file_from_a_channel_where_it_is_not(client, workspace):
    workspace.send("alice", "general", "data", files=[("a.csv", b"x\n")])
    [file] = workspace.messages("general")[0]["files"]
    with refused("file_not_found"):
        client.files_info(file=file["id"])
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(f"{workspace.url}files-pri/{file['id']}/a.csv", workspace.bot_token)
    workspace.invite_bot("general")
    assert client.files_info(file=file["id"])["file"]["name"] == "a.csv"


def test_an_upload_needs_a_channel_that_the_bot_is_in(client):
    with refused("not_in_channel"):
        client.files_upload_v2(channel=GENERAL, filename="a.txt", content="x")


def test_an_empty_file_cannot_be_announced(client):
    with refused("invalid_arguments"):
        client.files_getUploadURLExternal(filename="a.txt", length=0)


def test_a_file_whose_bytes_never_came_cannot_be_completed(client):
    file_id = client.files_getUploadURLExternal(filename="a.txt", length=3)["file_id"]
    with refused("file_not_found"):
        client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=PROMPTS)


def test_a_deleted_file_leaves_a_tombstone_in_its_message(client):
    file = client.files_upload_v2(channel=PROMPTS, filename="a.txt", content="x")["file"]
    client.files_delete(file=file["id"])
    [message] = client.conversations_history(channel=PROMPTS)["messages"]
    assert message["files"] == [{"id": file["id"], "mode": "tombstone"}]
    with refused("file_not_found"):
        client.files_info(file=file["id"])


def test_the_bot_cannot_delete_a_persons_file(client, workspace):
    workspace.send("alice", "prompts", "data", files=[("a.csv", b"x\n")])
    file_id = workspace.messages("prompts")[0]["files"][0]["id"]
    with refused("cant_delete_file"):
        client.files_delete(file=file_id)


@pytest.mark.parametrize("name", ["evil.html", "evil.svg", "evil.js", "data.csv"])
def test_the_page_is_never_given_something_that_a_browser_might_run(workspace, name):
    file_id = workspace.upload("alice", name, b"<script>alert(1)</script>")
    _, headers, _ = fetch(f"{workspace.url}files/{file_id}/{name}")
    assert headers.get_content_type() in ("text/plain", "application/octet-stream")
    assert headers["Content-Disposition"] == "attachment"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


def test_the_page_shows_plain_images_in_place(workspace):
    file_id = workspace.upload("alice", "plot.png", PNG)
    _, headers, body = fetch(f"{workspace.url}files/{file_id}/plot.png")
    assert "Content-Disposition" not in headers
    assert (headers.get_content_type(), body) == ("image/png", PNG)


def test_a_block_can_show_an_uploaded_image_but_not_one_that_is_not_there(client):
    file_id = client.files_upload_v2(filename="plot.png", content=PNG)["file"]["id"]
    image = {"type": "image", "alt_text": "scores", "slack_file": {"id": file_id}}
    assert client.chat_postMessage(channel=PROMPTS, text="x", blocks=[image])["ok"]
    with refused("invalid_blocks") as caught:
        client.chat_postMessage(
            channel=PROMPTS, text="x", blocks=[{**image, "slack_file": {"id": "F0000000000"}}]
        )
    assert caught.value.response["errors"] == ["invalid slack file [json-pointer:/blocks/0/slack_file/id]"]
