"""views.* against the running workspace: triggers, stacks, limits."""

from __future__ import annotations

import pytest
from slack_payloads import ALICE, field, modal, plain, section
from slack_sdk.errors import SlackApiError

from sandbox.workspace.runner import RunningWorkspace


def refused(code: str):
    return pytest.raises(SlackApiError, match=f"'error': '{code}'")


def trigger(running: RunningWorkspace, **where: str) -> str:
    return running.inspect(lambda it: it.triggers.issue(ALICE, **where))


def test_a_trigger_opens_one_modal_and_not_two(client, workspace):
    trigger_id = trigger(workspace)
    opened = client.views_open(trigger_id=trigger_id, view=modal(section("hello")))
    assert workspace.view("alice")["id"] == opened["view"]["id"]
    with refused("exchanged_trigger_id"):
        client.views_open(trigger_id=trigger_id, view=modal(section("again")))


def test_a_trigger_older_than_three_seconds_has_expired(slow_client, slow_workspace, hand_clock):
    early, late = trigger(slow_workspace), trigger(slow_workspace)
    hand_clock.advance(3.0)
    assert slow_client.views_open(trigger_id=early, view=modal(section("x")))["ok"]
    hand_clock.advance(0.1)
    with refused("expired_trigger_id"):
        slow_client.views_open(trigger_id=late, view=modal(section("x")))


def test_an_invented_trigger_is_refused(client):
    with refused("invalid_trigger_id"):
        client.views_open(trigger_id="1.2.abc", view=modal(section("x")))


def test_an_invalid_view_does_not_use_up_nothing_but_names_the_place(client, workspace):
    view = modal(field("a", {"type": "plain_text_input", "max_length": 3001}))
    with refused("invalid_arguments") as caught:
        client.views_open(trigger_id=trigger(workspace), view=view)
    [told] = caught.value.response["response_metadata"]["messages"]
    assert "[json-pointer:/view/blocks/0/element/max_length]" in told


def test_a_modal_with_inputs_needs_a_submit_button(client, workspace):
    view = modal(field("a", {"type": "plain_text_input"}))
    del view["submit"]
    with refused("invalid_arguments"):
        client.views_open(trigger_id=trigger(workspace), view=view)


def test_three_modals_can_be_stacked_and_not_four(client, workspace):
    top = client.views_open(trigger_id=trigger(workspace), view=modal(section("1")))["view"]["id"]
    for name in "23":
        pushed = client.views_push(trigger_id=trigger(workspace, view_id=top), view=modal(section(name)))
        assert pushed["view"]["previous_view_id"] == top
        top = pushed["view"]["id"]
    with refused("push_limit_reached"):
        client.views_push(trigger_id=trigger(workspace, view_id=top), view=modal(section("4")))
    assert len(workspace.views("alice")) == 3


def test_an_update_with_an_old_hash_is_a_conflict(client, workspace):
    view = client.views_open(trigger_id=trigger(workspace), view=modal(section("1")))["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section("2")))
    with refused("hash_conflict"):
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section("3")))


def test_a_view_can_be_updated_by_its_external_id_which_is_unique(client, workspace):
    client.views_open(trigger_id=trigger(workspace), view=modal(section("1"), external_id="mine"))
    client.views_update(external_id="mine", view=modal(section("2"), external_id="mine"))
    assert workspace.view("alice")["blocks"][0]["text"]["text"] == "2"
    with refused("duplicate_external_id"):
        client.views_open(trigger_id=trigger(workspace), view=modal(section("3"), external_id="mine"))


def test_a_closed_view_is_not_found(client, workspace):
    view_id = client.views_open(trigger_id=trigger(workspace), view=modal(section("1")))["view"]["id"]
    workspace.close_view("alice")
    with refused("not_found"):
        client.views_update(view_id=view_id, view=modal(section("2")))


def test_a_view_of_more_than_250_kilobytes_is_refused(client, workspace):
    options = [{"text": plain("o" * 75), "value": f"{n:03}" + "v" * 147} for n in range(100)]
    menus = [
        field(f"menu{n}", {"type": "static_select", "options": options}, optional=True) for n in range(10)
    ]
    with refused("view_too_large"):
        client.views_open(trigger_id=trigger(workspace), view=modal(*menus))


def test_home_is_published_per_person_and_refuses_an_old_hash(client, workspace):
    home = {"type": "home", "blocks": [section("welcome")]}
    first = client.views_publish(user_id=ALICE, view=home)["view"]
    assert workspace.home("alice")["blocks"][0]["text"]["text"] == "welcome"
    client.views_publish(user_id=ALICE, view=home, hash=first["hash"])
    with refused("hash_conflict"):
        client.views_publish(user_id=ALICE, view=home, hash=first["hash"])


def test_blocks_can_be_validated_without_a_token(workspace):
    from slack_sdk import WebClient

    nobody = WebClient(base_url=workspace.api_url)
    assert nobody.api_call("blocks.validate", json={"blocks": [section("x")]})["ok"]
    with refused("invalid_blocks"):
        nobody.api_call("blocks.validate", json={"blocks": [{"type": "nonsense"}]})
