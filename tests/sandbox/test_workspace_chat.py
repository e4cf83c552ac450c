"""chat.* against the running workspace, through Slack's own client."""

from __future__ import annotations

import pytest
from slack_payloads import ALICE, CAROL, GENERAL, PROMPTS, SECRET_LAB, actions, button, section
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.workspace.runner import RunningWorkspace


def refused(code: str):
    return pytest.raises(SlackApiError, match=f"'error': '{code}'")


def test_a_posted_message_comes_back_in_the_history_with_the_bots_identity(client, workspace):
    posted = client.chat_postMessage(channel=PROMPTS, text="hello")
    [message] = client.conversations_history(channel=PROMPTS)["messages"]
    assert message["ts"] == posted["ts"]
    assert message["text"] == "hello"
    assert message["bot_id"] == workspace.workspace.seed.bot_id
    assert message["user"] == client.auth_test()["user_id"]


def test_auth_test_names_the_bot_and_the_scopes_of_the_token(client):
    answer = client.auth_test()
    assert answer["bot_id"].startswith("B")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
def test_a_missing_or_unknown_token_is_refused(workspace, token, error):
    with refused(error):
        WebClient(token or None, base_url=workspace.api_url).auth_test()


def test_the_app_token_cannot_post(workspace):
    with refused("not_allowed_token_type"):
        WebClient(workspace.app_token, base_url=workspace.api_url).chat_postMessage(channel=PROMPTS, text="x")


def test_a_public_channel_without_the_bot_answers_not_in_channel(client):
    with refused("not_in_channel"):
        client.chat_postMessage(channel=GENERAL, text="x")


def test_a_private_channel_without_the_bot_does_not_exist_for_it(client, workspace):
    workspace.send("alice", "secret-lab", "/remove @promptbeam")
    with refused("channel_not_found"):
        client.chat_postMessage(channel=SECRET_LAB, text="x")


def test_an_invited_bot_can_post(client, workspace):
    workspace.send("alice", "general", "/invite @promptbeam")
    assert client.chat_postMessage(channel=GENERAL, text="x")["ok"]


def test_an_archived_channel_takes_no_message(client, workspace):
    workspace.inspect(lambda it: setattr(it.state.channel(PROMPTS), "is_archived", True))
    with refused("is_archived"):
        client.chat_postMessage(channel=PROMPTS, text="x")


def test_a_user_id_as_channel_posts_into_the_direct_conversation(client, workspace):
    posted = client.chat_postMessage(channel=ALICE, text="for you")
    assert posted["channel"] == workspace.channel_id("@alice")
    assert client.conversations_open(users=ALICE)["channel"]["id"] == posted["channel"]


def test_an_empty_message_is_refused(client):
    with refused("no_text"):
        client.api_call("chat.postMessage", json={"channel": PROMPTS})


def test_a_text_of_40000_characters_is_kept_and_a_longer_one_is_cut_with_a_warning(client):
    kept = client.chat_postMessage(channel=PROMPTS, text="a" * 40_000)
    assert "warning" not in kept.data
    cut = client.chat_postMessage(channel=PROMPTS, text="a" * 40_001)
    assert cut["warning"] == "message_truncated"
    assert len(cut["message"]["text"]) == 40_000


def test_an_update_may_have_4000_characters_and_not_one_more(client):
    ts = client.chat_postMessage(channel=PROMPTS, text="start")["ts"]
    assert client.chat_update(channel=PROMPTS, ts=ts, text="a" * 4000)["ok"]
    with refused("msg_too_long"):
        client.chat_update(channel=PROMPTS, ts=ts, text="a" * 4001)


def test_a_text_only_update_takes_the_blocks_away_and_marks_the_message_as_edited(client, workspace):
    ts = client.chat_postMessage(channel=PROMPTS, text="start", blocks=[section("block")])["ts"]
    client.chat_update(channel=PROMPTS, ts=ts, text="end")
    message = workspace.wait_for(lambda one: one["text"] == "end")
    assert "blocks" not in message
    assert message["edited"]


def test_an_update_with_blocks_does_not_show_as_edited(client, workspace):
    ts = client.chat_postMessage(channel=PROMPTS, text="start")["ts"]
    client.chat_update(channel=PROMPTS, ts=ts, text="end", blocks=[section("new")])
    message = workspace.wait_for(lambda one: one["text"] == "end")
    assert message["blocks"][0]["text"]["text"] == "new"
    assert "edited" not in message


def test_the_bot_cannot_change_or_delete_what_a_person_wrote(client, workspace):
    ts = workspace.send("alice", "prompts", "mine")
    with refused("cant_update_message"):
        client.chat_update(channel=PROMPTS, ts=ts, text="yours")
    with refused("cant_delete_message"):
        client.chat_delete(channel=PROMPTS, ts=ts)


def test_a_deleted_message_is_gone(client):
    ts = client.chat_postMessage(channel=PROMPTS, text="x")["ts"]
    client.chat_delete(channel=PROMPTS, ts=ts)
    with refused("message_not_found"):
        client.chat_update(channel=PROMPTS, ts=ts, text="y")


def test_replies_form_a_thread_and_stay_out_of_the_channels_history(client):
    parent = client.chat_postMessage(channel=PROMPTS, text="parent")["ts"]
    client.chat_postMessage(channel=PROMPTS, text="reply", thread_ts=parent)
    history = client.conversations_history(channel=PROMPTS)["messages"]
    assert [one["text"] for one in history] == ["parent"]
    assert history[0]["reply_count"] == 1
    thread = client.conversations_replies(channel=PROMPTS, ts=parent)["messages"]
    assert [one["text"] for one in thread] == ["parent", "reply"]


def test_a_reply_to_nothing_is_refused(client):
    with refused("thread_not_found"):
        client.chat_postMessage(channel=PROMPTS, text="reply", thread_ts="1.000001")


def test_an_ephemeral_message_is_seen_by_one_person_and_by_no_history(client, workspace):
    client.chat_postEphemeral(channel=PROMPTS, user=ALICE, text="psst")
    assert client.conversations_history(channel=PROMPTS)["messages"] == []
    assert [one["text"] for one in workspace.messages("prompts", user="alice")] == ["psst"]
    assert workspace.messages("prompts", user="bob") == []


def test_an_ephemeral_message_needs_a_member_of_the_channel(client):
    with refused("user_not_in_channel"):
        client.chat_postEphemeral(channel=SECRET_LAB, user=CAROL, text="psst")


def test_what_a_person_types_is_stored_escaped_with_mentions_and_a_rich_text_block(client, workspace):
    workspace.send("alice", "prompts", "@bob a < b & c > d ```x <y>```")
    [message] = client.conversations_history(channel=PROMPTS)["messages"]
    assert message["text"] == "<@U0000BOB001> a &lt; b &amp; c &gt; d ```x &lt;y&gt;```"
    pieces = message["blocks"][0]["elements"]
    assert pieces[0]["elements"][0] == {"type": "user", "user_id": "U0000BOB001"}
    assert pieces[0]["elements"][1]["text"] == " a < b & c > d "
    assert pieces[1]["elements"][0]["text"] == "x <y>"


def test_an_apps_text_keeps_its_escapes_and_mentions_and_gets_stray_signs_escaped(client):
    text = "<@U000ALICE01> &lt;kept&gt; 1 < 2 & <https://example.com|here>"
    message = client.chat_postMessage(channel=PROMPTS, text=text)["message"]
    assert message["text"] == "<@U000ALICE01> &lt;kept&gt; 1 &lt; 2 &amp; <https://example.com|here>"


def test_a_permalink_leads_back_to_the_page(client, workspace):
    ts = client.chat_postMessage(channel=PROMPTS, text="x")["ts"]
    link = client.chat_getPermalink(channel=PROMPTS, message_ts=ts)["permalink"]
    assert link == f"{workspace.url}archives/{PROMPTS}/p{ts.replace('.', '')}"


def test_blocks_get_the_ids_that_the_app_left_out(client):
    blocks = [section("x"), {"type": "actions", "elements": [{**button("b")}]}]
    del blocks[1]["elements"][0]["action_id"]
    stored = client.chat_postMessage(channel=PROMPTS, text="x", blocks=blocks)["message"]["blocks"]
    assert stored[0]["block_id"]
    assert stored[1]["elements"][0]["action_id"]


def test_invalid_blocks_are_named_by_their_json_pointer(client):
    with refused("invalid_blocks") as caught:
        client.chat_postMessage(channel=PROMPTS, text="x", blocks=[section("ok"), section("a" * 3001)])
    [told] = caught.value.response["response_metadata"]["messages"]
    assert told == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"


def test_too_much_text_in_all_blocks_together_is_refused(client):
    assert client.chat_postMessage(channel=PROMPTS, text="x", blocks=[section("a" * 2200)] * 6)["ok"]
    with refused("msg_blocks_too_long"):
        client.chat_postMessage(channel=PROMPTS, text="x", blocks=[section("a" * 2201)] * 6)


def test_blocks_that_are_no_json_are_refused(client):
    with refused("invalid_blocks_format"):
        client.api_call("chat.postMessage", params={"channel": PROMPTS, "blocks": "[{"})


def test_a_method_that_the_workspace_does_not_know_is_named(client):
    with refused("unknown_method"):
        client.api_call("chat.shout")


def test_a_token_without_the_scope_is_told_which_one_it_needs():
    from sandbox.workspace.options import Options
    from sandbox.workspace.seed import Seed

    seed = Seed(extra_tokens={"xoxb-reader": ("channels:read",)})
    with RunningWorkspace(Options(seed=seed)) as running:
        reader = WebClient("xoxb-reader", base_url=running.api_url)
        with refused("missing_scope") as caught:
            reader.chat_postMessage(channel=PROMPTS, text="x")
        assert caught.value.response["needed"] == "chat:write"
        assert caught.value.response["provided"] == "channels:read"
        assert reader.conversations_info(channel=PROMPTS)["channel"]["name"] == "prompts"
        with refused("missing_scope"):
            reader.conversations_list(types="private_channel")


def test_channels_are_listed_in_pages_and_by_membership(client):
    first = client.conversations_list(types="public_channel,private_channel", limit=2)
    rest = client.conversations_list(
        types="public_channel,private_channel", limit=2, cursor=first["response_metadata"]["next_cursor"]
    )
    names = [one["name"] for one in first["channels"] + rest["channels"]]
    assert names == ["prompts", "general", "secret-lab"]
    assert rest["response_metadata"]["next_cursor"] == ""
    members = client.conversations_members(channel=SECRET_LAB)["members"]
    assert CAROL not in members
    carols = client.users_conversations(user=CAROL, types="public_channel,private_channel")["channels"]
    assert [one["name"] for one in carols] == ["prompts", "general"]


def test_the_history_can_be_read_between_two_stamps(client, workspace):
    stamps = [workspace.send("alice", "prompts", text) for text in ("one", "two", "three")]
    found = client.conversations_history(
        channel=PROMPTS, oldest=stamps[1], latest=stamps[1], inclusive=True, limit=1
    )
    assert [one["text"] for one in found["messages"]] == ["two"]


def test_reactions_can_be_added_once_and_removed(client, workspace):
    ts = workspace.send("alice", "prompts", "nice?")
    client.reactions_add(channel=PROMPTS, timestamp=ts, name="eyes")
    with refused("already_reacted"):
        client.reactions_add(channel=PROMPTS, timestamp=ts, name="eyes")
    assert workspace.messages("prompts")[0]["reactions"][0]["name"] == "eyes"
    client.reactions_remove(channel=PROMPTS, timestamp=ts, name="eyes")
    assert "reactions" not in workspace.messages("prompts")[0]


def test_a_message_with_duplicate_action_ids_in_a_block_is_refused(client):
    with refused("invalid_blocks"):
        client.chat_postMessage(channel=PROMPTS, text="x", blocks=[actions(button("same"), button("same"))])
