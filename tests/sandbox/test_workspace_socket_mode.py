"""The whole loop over Socket Mode with real Bolt apps."""

from __future__ import annotations

import pytest
from slack_bolt import App
from slack_payloads import ALICE, PROMPTS, actions, button, field, modal, plain, section

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
