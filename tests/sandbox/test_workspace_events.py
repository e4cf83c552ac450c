"""Events over Socket Mode with real Bolt apps: what is delivered, when again, and over which connection."""

from __future__ import annotations

import threading

from slack_bolt import App
from slack_payloads import PROMPTS, section
from slack_sdk import WebClient


def test_a_mention_arrives_as_app_mention_and_as_message(bolt, connect, workspace):
    seen = []

    @bolt.event("app_mention")
    def mention(event):
        seen.append((event["type"], event["ts"]))

    @bolt.event("message")
    def message(event):
        seen.append((event["type"], event["ts"]))

    connect(bolt)
    ts = workspace.send("alice", "prompts", "@promptbeam optimize this")
    workspace.wait(lambda: len(seen) == 2)
    assert set(seen) == {("app_mention", ts), ("message", ts)}


def test_a_mention_can_come_without_its_files_which_the_history_still_has(bolt, connect, workspace, client):
    seen = []

    @bolt.event("app_mention")
    def mention(event):
        seen.append(event)

    bolt.event("message")(lambda: None)
    bolt.event("file_shared")(lambda: None)
    connect(bolt)
    workspace.inspect(lambda it: setattr(it.event_rules, "mention_without_files", True))
    ts = workspace.send("alice", "prompts", "@promptbeam look", files=[("a.csv", b"x\n")])
    workspace.wait(lambda: seen)
    assert "files" not in seen[0]
    [message] = client.conversations_replies(channel=PROMPTS, ts=ts, limit=1, inclusive=True)["messages"]
    assert message["files"][0]["name"] == "a.csv"


def test_the_app_hears_nothing_from_channels_where_the_bot_is_not(bolt, connect, workspace):
    seen = []
    bolt.event("message")(lambda event: seen.append(event["text"]))
    connect(bolt)
    workspace.send("alice", "general", "not for you")
    workspace.send("alice", "prompts", "for you")
    workspace.wait(lambda: seen)
    assert seen == ["for you"]


def test_the_bots_own_edit_comes_back_as_message_changed(connect, workspace, client):
    seen = []
    app = App(client=client, ignoring_self_events_enabled=False)

    @app.event({"type": "message", "subtype": "message_changed"})
    def changed(event):
        seen.append((event["previous_message"]["text"], event["message"]["text"]))

    app.event("message")(lambda: None)
    connect(app)
    ts = client.chat_postMessage(channel=PROMPTS, text="50 %")["ts"]
    client.chat_update(channel=PROMPTS, ts=ts, text="60 %")
    workspace.wait(lambda: seen)
    assert seen == [("50 %", "60 %")]


def test_opening_home_and_reacting_are_told_to_the_app(bolt, connect, workspace):
    seen = []

    @bolt.event("app_home_opened")
    def home(event, client):
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("hi")]})

    @bolt.event("reaction_added")
    def reaction(event):
        seen.append((event["reaction"], event["item"]["ts"]))

    bolt.event("message")(lambda: None)
    connect(bolt)
    workspace.open_home("alice")
    assert workspace.home("alice")["blocks"][0]["text"]["text"] == "hi"
    ts = workspace.send("alice", "prompts", "hello")
    workspace.react("bob", "prompts", ts, "x")
    workspace.wait(lambda: seen)
    assert seen == [("x", ts)]


def test_an_event_that_the_app_refuses_is_delivered_again_with_a_retry_number(connect, workspace, client):
    seen = []
    app = App(client=client, process_before_response=True)

    @app.event("message")
    def message(request):
        seen.append(request.headers.get("x-slack-retry-num"))
        if len(seen) < 3:
            raise RuntimeError("not yet")

    connect(app)
    workspace.send("alice", "prompts", "hello")
    workspace.wait(lambda: len(seen) == 3)
    assert seen[0] in (None, ["0"])
    assert [one[0] for one in seen[1:]] == ["1", "2"]


def test_a_duplicated_event_has_the_same_id_twice(bolt, connect, workspace):
    seen = []
    bolt.event("message")(lambda body: seen.append(body["event_id"]))
    connect(bolt)
    workspace.duplicate_next()
    workspace.send("alice", "prompts", "hello")
    workspace.wait(lambda: len(seen) == 2)
    assert seen[0] == seen[1]


def test_the_app_comes_back_when_the_workspace_asks_it_to_reconnect(bolt, connect, workspace):
    seen = []
    bolt.event("message")(lambda event: seen.append(event["text"]))
    connect(bolt)
    assert workspace.disconnect() == 1
    workspace.wait_for_app()
    workspace.send("alice", "prompts", "still there?")
    workspace.wait(lambda: seen)
    assert set(seen) == {"still there?"}
    assert len(workspace.calls("apps.connections.open")) == 2


def test_an_event_whose_connection_broke_is_delivered_after_the_reconnection(connect, workspace, client):
    seen = []
    broken = threading.Event()
    app = App(client=client, process_before_response=True)

    @app.event("message")
    def message(event):
        seen.append(event["text"])
        if not broken.is_set():
            broken.set()
            workspace.cut()

    connect(app)
    workspace.send("alice", "prompts", "important")
    workspace.wait(lambda: len(seen) == 2, timeout=30)
    assert seen == ["important", "important"]


def test_several_connections_share_the_work_and_each_payload_goes_to_one(connect, workspace):
    seen: list[tuple[int, str]] = []

    def app(number: int) -> App:
        made = App(client=WebClient(workspace.bot_token, base_url=workspace.api_url))
        made.event("message")(lambda event: seen.append((number, event["text"])))
        return made

    connect(app(1))
    connect(app(2))
    for n in range(6):
        workspace.send("alice", "prompts", str(n))
    workspace.wait(lambda: len(seen) == 6)
    assert sorted(text for _, text in seen) == [str(n) for n in range(6)]
    assert {number for number, _ in seen} == {1, 2}
