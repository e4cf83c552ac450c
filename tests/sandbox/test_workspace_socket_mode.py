"""The whole loop over Socket Mode with real Bolt apps."""

from __future__ import annotations

import threading

import pytest
from slack_bolt import App
from slack_payloads import ALICE, PROMPTS, actions, button, field, modal, plain, section
from slack_sdk import WebClient

from sandbox.workspace.delivery import DeliveryFailed
from sandbox.workspace.errors import ApiError
from sandbox.workspace.responses import ResponseUrls

FORM = modal(
    field("prompt", {"type": "plain_text_input", "max_length": 20}),
    field("data", {"type": "file_input", "filetypes": ["csv"], "max_files": 2}, optional=True),
    field(
        "place",
        {"type": "conversations_select", "default_to_current_conversation": True},
        optional=True,
    ),
)


def opens_the_form(bolt: App, view=FORM) -> None:
    @bolt.command("/optimize")
    def optimize(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)


def test_a_command_reaches_the_app_with_what_slack_would_send(bolt, connect, workspace):
    seen = []

    @bolt.command("/optimize")
    def optimize(ack, body):
        seen.append(body)
        ack("on it")

    connect(bolt)
    workspace.slash("alice", "prompts", "/optimize  a <prompt> & more")
    [body] = seen
    assert body["command"] == "/optimize"
    assert body["text"] == "a <prompt> & more"
    assert (body["user_id"], body["channel_id"]) == (ALICE, PROMPTS)
    answer = workspace.wait_for(lambda one: one["text"] == "on it")
    assert answer["seen_only_by"] == ALICE


def test_an_unknown_command_is_not_delivered(bolt, connect, workspace):
    connect(bolt)
    with pytest.raises(ApiError, match="unknown_command"):
        workspace.slash("alice", "prompts", "/dance")


def test_a_command_to_an_app_that_is_not_connected_says_so(workspace):
    with pytest.raises(DeliveryFailed, match="app_not_connected"):
        workspace.slash("alice", "prompts", "/optimize")


def test_a_command_that_is_never_acknowledged_times_out(bolt, connect, workspace):
    @bolt.command("/optimize")
    def optimize():
        pass

    connect(bolt)
    with pytest.raises(DeliveryFailed, match="operation_timeout"):
        workspace.slash("alice", "prompts", "/optimize")


def test_a_form_is_filled_in_with_text_and_files_and_the_app_can_read_them(bolt, connect, workspace):
    seen = []
    opens_the_form(bolt)

    @bolt.view("form")
    def submitted(ack, view, client):
        values = view["state"]["values"]
        file = values["data"]["data_action"]["files"][0]
        seen.append((values, client.files_info(file=file["id"])["file"]))
        ack()

    connect(bolt)
    workspace.slash("alice", "prompts", "/optimize")
    assert workspace.submit("alice", {"prompt": "classify", "data": [("a.csv", b"x,y\n1,2\n")]}) == {}
    [(values, file)] = seen
    assert values["prompt"]["prompt_action"]["value"] == "classify"
    assert values["place"]["place_action"]["selected_conversation"] == PROMPTS
    assert (file["name"], file["size"], file["mimetype"]) == ("a.csv", 8, "text/csv")
    assert workspace.views("alice") == []


@pytest.mark.parametrize(
    ("values", "block"),
    [
        ({}, "prompt"),
        ({"prompt": "a" * 21}, "prompt"),
        ({"prompt": "ok", "data": [("a.exe", b"x")]}, "data"),
        ({"prompt": "ok", "data": [(f"{n}.csv", b"x") for n in range(3)]}, "data"),
        ({"prompt": "ok", "data": [("a.csv", b"x" * (10 * 1024 * 1024 + 1))]}, "data"),
    ],
)
def test_what_slacks_client_refuses_never_reaches_the_app(bolt, connect, workspace, values, block):
    opens_the_form(bolt)
    connect(bolt)
    workspace.slash("alice", "prompts", "/optimize")
    answer = workspace.submit("alice", values)
    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == [block]
    assert not [one for one in workspace.deliveries() if one["payload"].get("type") == "view_submission"]


def test_an_answer_with_errors_leaves_the_modal_open(bolt, connect, workspace):
    opens_the_form(bolt)

    @bolt.view("form")
    def submitted(ack):
        ack(response_action="errors", errors={"prompt": "too vague"})

    connect(bolt)
    workspace.slash("alice", "prompts", "/optimize")
    answer = workspace.submit("alice", {"prompt": "x"})
    assert answer == {"response_action": "errors", "errors": {"prompt": "too vague"}}
    assert len(workspace.views("alice")) == 1


def test_errors_for_a_block_that_is_not_there_are_a_mistake_of_the_app(bolt, connect, workspace):
    opens_the_form(bolt)

    @bolt.view("form")
    def submitted(ack):
        ack(response_action="errors", errors={"elsewhere": "?"})

    connect(bolt)
    workspace.slash("alice", "prompts", "/optimize")
    with pytest.raises(ApiError, match="invalid_response_errors"):
        workspace.submit("alice", {"prompt": "x"})


def test_a_submission_can_update_push_and_clear_modals(bolt, connect, workspace):
    opens_the_form(bolt)

    @bolt.view("form")
    def first(ack):
        ack(response_action="update", view=modal(section("second"), callback_id="second"))

    @bolt.view("second")
    def second(ack):
        ack(response_action="push", view=modal(section("third"), callback_id="third"))

    @bolt.view("third")
    def third(ack):
        ack(response_action="clear")

    connect(bolt)
    workspace.slash("alice", "prompts", "/optimize")
    shown = []
    for _ in range(3):
        workspace.submit("alice", {"prompt": "x"})
        shown.append([one["callback_id"] for one in workspace.views("alice")])
    assert shown == [["second"], ["second", "third"], []]


def test_closing_a_modal_is_told_to_an_app_that_asked_for_it(bolt, connect, workspace):
    seen = []
    opens_the_form(bolt, {**FORM, "notify_on_close": True})

    @bolt.view_closed("form")
    def closed(ack, body):
        ack()
        seen.append(body["is_cleared"])

    connect(bolt)
    workspace.slash("alice", "prompts", "/optimize")
    workspace.close_view("alice")
    assert seen == [False]


def test_a_button_in_a_message_carries_its_value_and_the_message(bolt, connect, workspace, client):
    seen = []

    @bolt.action("stop")
    def stop(ack, body, respond):
        ack()
        seen.append(body)
        respond(text="stopped", replace_original=True)

    connect(bolt)
    ts = client.chat_postMessage(channel=PROMPTS, text="run", blocks=[actions(button("stop", value="r-1"))])[
        "ts"
    ]
    workspace.click("bob", "prompts", ts, "stop")
    workspace.wait_for(lambda one: one["ts"] == ts and one["text"] == "stopped")
    [body] = seen
    assert body["actions"][0]["value"] == "r-1"
    assert body["message"]["ts"] == ts
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": PROMPTS,
        "is_ephemeral": False,
    }


def test_a_button_on_an_ephemeral_message_can_delete_it(bolt, connect, workspace, client):
    @bolt.action("ok")
    def ok(ack, respond):
        ack()
        respond(delete_original=True)

    connect(bolt)
    ts = client.chat_postEphemeral(channel=PROMPTS, user=ALICE, text="sure?", blocks=[actions(button("ok"))])[
        "message_ts"
    ]
    with pytest.raises(ApiError, match="message_not_found"):
        workspace.click("bob", "prompts", ts, "ok")
    workspace.click("alice", "prompts", ts, "ok")
    assert workspace.wait(lambda: not workspace.messages("prompts"))


def test_a_response_url_works_five_times(bolt, connect, workspace):
    codes = []

    @bolt.command("/optimize")
    def optimize(ack, respond):
        ack()
        codes.extend(respond(f"answer {n}").status_code for n in range(6))

    connect(bolt)
    workspace.slash("alice", "general", "/optimize")
    workspace.wait(lambda: len(codes) == 6)
    assert codes == [200] * 5 + [404]
    assert len(workspace.messages("general", user="alice")) == 5


def test_a_response_url_is_dead_after_half_an_hour(hand_clock):
    urls = ResponseUrls(hand_clock)
    key = urls.issue(PROMPTS, ALICE)
    hand_clock.advance(30 * 60)
    assert urls.use(key).user == ALICE
    hand_clock.advance(1)
    with pytest.raises(ApiError, match="expired_url"):
        urls.use(key)


def test_a_message_shortcut_brings_the_message_with_its_files(bolt, connect, workspace):
    seen = []

    @bolt.shortcut("optimize_message")
    def shortcut(ack, body, client):
        ack()
        seen.append(body["message"])
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    connect(bolt)
    ts = workspace.send("alice", "prompts", "my prompt", files=[("a.csv", b"x\n1\n")])
    workspace.shortcut("alice", "optimize_message", "prompts", ts)
    workspace.view("alice")
    assert seen[0]["files"][0]["name"] == "a.csv"


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


def test_a_menu_and_a_dispatching_field_in_a_modal_tell_the_app_what_was_chosen(bolt, connect, workspace):
    seen = []
    menu = {
        "type": "static_select",
        "options": [{"text": plain("A"), "value": "a"}, {"text": plain("B"), "value": "b"}],
    }
    opens_the_form(bolt, modal(field("menu", menu, dispatch_action=True)))

    @bolt.action("menu_action")
    def chosen(ack, body, client):
        ack()
        seen.append(body["view"]["state"]["values"]["menu"]["menu_action"]["selected_option"]["value"])
        client.views_update(view_id=body["view"]["id"], view=modal(section("B it is")))

    connect(bolt)
    workspace.slash("alice", "prompts", "/optimize")
    workspace.view("alice")
    workspace.click_in_view("alice", "menu_action", selected_option="b")
    workspace.wait(lambda: "text" in workspace.view("alice")["blocks"][0])
    assert seen == ["b"]
    with pytest.raises(ApiError, match="not_found"):
        workspace.click_in_view("alice", "menu_action", selected_option="a")
