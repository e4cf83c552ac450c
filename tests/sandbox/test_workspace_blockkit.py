"""The Block Kit rules, one by one."""

from __future__ import annotations

from typing import Any

import pytest
from slack_payloads import actions, button, field, modal, mrkdwn, option, plain, section

from sandbox.workspace.blockkit.messages import message_problems, text_length, with_ids
from sandbox.workspace.blockkit.views import view_problems

Json = dict[str, Any]


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def preformatted(text: str, **more: Any) -> Json:
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}], **more}


def task(task_id: str, status: str = "pending", **more: Any) -> Json:
    return {"type": "task_card", "task_id": task_id, "title": "Read data", "status": status, **more}


def rows(number: int, width: int = 2) -> list[Any]:
    return [[{"type": "raw_text", "text": "x"}] * width for _ in range(number)]


def chart(series: int = 1, points: int = 3, **more: Any) -> Json:
    labels = [str(n) for n in range(points)]
    lines = [{"name": f"s{n}", "data": [{"label": one, "value": 1} for one in labels]} for n in range(series)]
    return {
        "type": "data_visualization",
        "title": "Score",
        "chart": {"type": "line", "series": lines, "axis_config": {"categories": labels}},
        **more,
    }


GOOD_MESSAGES: list[list[Json]] = [
    [],
    [section("x")] * 50,
    [section("a" * 3000)],
    [{"type": "section", "fields": [mrkdwn("a" * 2000)] * 5}],
    [{"type": "header", "text": plain("a" * 150)}],
    [{"type": "header", "text": plain("a"), "level": 2}],
    [{"type": "divider"}],
    [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    [actions(*[button(f"b{n}") for n in range(25)])],
    [actions(button("b", style="danger", value="v" * 2000))],
    [actions({"type": "static_select", "action_id": "s", "options": [option("a")]})],
    [{**section("x"), "accessory": {"type": "overflow", "action_id": "o", "options": [option("a")] * 5}}],
    [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}],
    [{"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": "a", "title": plain("t")}],
    [rich(preformatted("a" * 9000, language="diff", border=1))],
    [
        rich(
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 1,
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
            }
        )
    ],
    [rich({"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]})],
    [{"type": "plan", "title": "Steps", "tasks": [task("1", "complete", details=rich(preformatted("x")))]}],
    [task("1", sources=[{"type": "url", "url": "https://example.com", "text": "here"}])],
    [{"type": "markdown", "text": "a" * 12_000}],
    [{"type": "table", "rows": rows(100, 20), "column_settings": [{"align": "right"}]}],
    [{"type": "data_table", "caption": "c", "rows": rows(101)}],
    [chart(6, 20), chart()],
    [
        {
            "type": "container",
            "title": plain("Older"),
            "is_collapsible": True,
            "child_blocks": [section("x")] * 10,
        }
    ],
    [
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "f",
                    "positive_button": {"text": plain("Good"), "value": "up"},
                    "negative_button": {"text": plain("Bad"), "value": "down"},
                }
            ],
        }
    ],
    [field("a", {"type": "plain_text_input"})],
]

BAD_MESSAGES: list[tuple[Any, str]] = [
    ("x", "/blocks"),
    ([3], "/blocks/0"),
    ([{}], "/blocks/0"),
    ([section("x")] * 51, "/blocks"),
    ([{"type": "nonsense"}], "/blocks/0/type"),
    ([{"type": ["list"]}], "/blocks/0/type"),
    ([{"type": "alert", "text": plain("x")}], "/blocks/0/type"),
    ([{"type": "file", "external_id": "x", "source": "remote"}], "/blocks/0/type"),
    ([{"type": "section"}], "/blocks/0"),
    ([section("")], "/blocks/0/text/text"),
    ([section("a" * 3001)], "/blocks/0/text/text"),
    ([{"type": "section", "fields": [mrkdwn("a" * 2001)]}], "/blocks/0/fields/0/text"),
    ([{"type": "section", "fields": [mrkdwn("a")] * 11}], "/blocks/0/fields"),
    ([{**section("x"), "extra": 1}], "/blocks/0"),
    ([{**section("x"), "block_id": "a" * 256}], "/blocks/0/block_id"),
    ([{**section("x"), "block_id": "same"}] * 2, "/blocks/1/block_id"),
    ([{**section("x"), "accessory": {"type": "plain_text_input"}}], "/blocks/0/accessory/type"),
    ([{"type": "header", "text": mrkdwn("x")}], "/blocks/0/text/type"),
    ([{"type": "header", "text": plain("a" * 151)}], "/blocks/0/text/text"),
    ([{"type": "context", "elements": []}], "/blocks/0/elements"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "/blocks/0/elements"),
    ([actions()], "/blocks/0/elements"),
    ([actions(*[button(f"b{n}") for n in range(26)])], "/blocks/0/elements"),
    ([actions(button("b", "a" * 76))], "/blocks/0/elements/0/text/text"),
    ([actions(button("b", value="v" * 2001))], "/blocks/0/elements/0/value"),
    ([actions(button("a" * 256))], "/blocks/0/elements/0/action_id"),
    ([actions(button("b", style="loud"))], "/blocks/0/elements/0/style"),
    ([actions(button("b", url="https://e.x/" + "a" * 3000))], "/blocks/0/elements/0/url"),
    ([actions({"type": "file_input", "action_id": "f"})], "/blocks/0/elements/0/type"),
    (
        [actions({"type": "static_select", "action_id": "s", "options": [option("a")] * 101})],
        "/blocks/0/elements/0/options",
    ),
    ([actions({"type": "static_select", "action_id": "s"})], "/blocks/0/elements/0"),
    (
        [
            actions(
                {
                    "type": "static_select",
                    "action_id": "s",
                    "options": [option("a")],
                    "initial_option": option("b"),
                }
            )
        ],
        "/blocks/0/elements/0/initial_option",
    ),
    (
        [actions({"type": "overflow", "action_id": "o", "options": [option("a")] * 6})],
        "/blocks/0/elements/0/options",
    ),
    (
        [actions({"type": "radio_buttons", "action_id": "r", "options": [option("a" * 151)]})],
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        [actions({"type": "checkboxes", "action_id": "r", "options": [option("a")] * 11})],
        "/blocks/0/elements/0/options",
    ),
    (
        [actions(button("b", confirm={"title": plain("a" * 101), "text": plain("t")}))],
        "/blocks/0/elements/0/confirm/title/text",
    ),
    ([{"type": "image", "alt_text": "a"}], "/blocks/0"),
    (
        [{"type": "image", "alt_text": "a", "image_url": "x", "slack_file": {"id": "F0123456789"}}],
        "/blocks/0",
    ),
    ([{"type": "image", "alt_text": "a", "slack_file": {"id": "nope"}}], "/blocks/0/slack_file/id"),
    ([{"type": "image", "image_url": "x", "alt_text": "a" * 2001}], "/blocks/0/alt_text"),
    ([rich()], "/blocks/0/elements"),
    ([rich(preformatted(""))], "/blocks/0/elements/0/elements/0/text"),
    (
        [rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]})],
        "/blocks/0/elements/0/elements/0/type",
    ),
    ([{"type": "plan", "title": "t", "tasks": [task("1", "completed")]}], "/blocks/0/tasks/0/status"),
    ([{"type": "plan", "title": "t"}, {"type": "plan", "title": "t"}], "/blocks"),
    ([{"type": "plan", "title": "t"}, task("1")], "/blocks"),
    ([{"type": "markdown", "text": "a" * 6001}] * 2, "/blocks"),
    ([{"type": "table", "rows": rows(101)}], "/blocks/0/rows"),
    ([{"type": "table", "rows": rows(1, 21)}], "/blocks/0/rows/0"),
    ([{"type": "table", "rows": rows(1)}] * 2, "/blocks"),
    (
        [{"type": "table", "rows": rows(1)}, {"type": "data_table", "caption": "c", "rows": rows(2)}],
        "/blocks",
    ),
    ([{"type": "data_table", "caption": "c", "rows": rows(102)}], "/blocks/0/rows"),
    ([chart(7)], "/blocks/0/chart/series"),
    ([chart(1, 21)], "/blocks/0/chart/series/0/data"),
    ([chart()] * 3, "/blocks"),
    ([chart(title="a" * 51)], "/blocks/0/title"),
    (
        [{"type": "container", "title": plain("t"), "child_blocks": [section("x")] * 11}],
        "/blocks/0/child_blocks",
    ),
    (
        [{"type": "container", "title": plain("t"), "child_blocks": [{"type": "markdown", "text": "x"}]}],
        "/blocks/0/child_blocks/0/type",
    ),
    ([field("a", {"type": "file_input"})], "/blocks/0/element/type"),
]


@pytest.mark.parametrize("blocks", GOOD_MESSAGES)
def test_a_message_within_the_limits_is_accepted(blocks):
    assert message_problems(blocks) == []


@pytest.mark.parametrize(("blocks", "pointer"), BAD_MESSAGES)
def test_a_message_outside_the_limits_is_refused_at_the_right_place(blocks, pointer):
    problems = message_problems(blocks)
    assert any(one.endswith(f"[json-pointer:{pointer}]") for one in problems), problems


GOOD_VIEWS = [
    modal(section("x")),
    modal(*[section("x")] * 100),
    modal(field("a", {"type": "plain_text_input", "max_length": 3000, "multiline": True})),
    modal(field("f", {"type": "file_input", "filetypes": ["csv"], "max_files": 10})),
    modal(field("c", {"type": "conversations_select", "default_to_current_conversation": True})),
    modal(field("n", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"})),
    modal({"type": "alert", "text": plain("careful"), "level": "warning"}),
    modal(section("x"), private_metadata="a" * 3000, notify_on_close=True, close=plain("No")),
]
BAD_VIEWS = [
    (3, "/view"),
    ({"type": "home", "blocks": []}, "/view/type"),
    (modal(*[section("x")] * 101), "/view/blocks"),
    (modal(section("x"), title=plain("a" * 25)), "/view/title/text"),
    (modal(section("x"), submit=plain("a" * 25)), "/view/submit/text"),
    (modal(section("x"), private_metadata="a" * 3001), "/view/private_metadata"),
    (modal(section("x"), callback_id="a" * 256), "/view/callback_id"),
    (modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    (modal({"type": "table", "rows": rows(1)}), "/view/blocks/0/type"),
    (modal({"type": "plan", "title": "t"}), "/view/blocks/0/type"),
    (
        modal(field("a", {"type": "plain_text_input", "max_length": 3001})),
        "/view/blocks/0/element/max_length",
    ),
    (
        modal(field("a", {"type": "plain_text_input", "max_length": 5, "initial_value": "123456"})),
        "/view/blocks/0/element/initial_value",
    ),
    (
        modal(field("a", {"type": "plain_text_input", "placeholder": plain("a" * 151)})),
        "/view/blocks/0/element/placeholder/text",
    ),
    (modal(field("f", {"type": "file_input", "max_files": 11})), "/view/blocks/0/element/max_files"),
    (modal(field("f", {"type": "file_input"}, dispatch_action=True)), "/view/blocks/0/dispatch_action"),
    (modal(field("b", button("x"))), "/view/blocks/0/element/type"),
    (modal(field("n", {"type": "number_input"})), "/view/blocks/0/element"),
    (modal(field("a" * 256, {"type": "plain_text_input", "action_id": "a"})), "/view/blocks/0/block_id"),
]


@pytest.mark.parametrize("view", GOOD_VIEWS)
def test_a_modal_within_the_limits_is_accepted(view):
    assert view_problems(view, "modal") == []


@pytest.mark.parametrize(("view", "pointer"), BAD_VIEWS)
def test_a_modal_outside_the_limits_is_refused_at_the_right_place(view, pointer):
    problems = view_problems(view, "modal")
    assert any(one.endswith(f"[json-pointer:{pointer}]") for one in problems), problems


def test_home_takes_100_blocks_but_no_markdown_and_no_file_input():
    assert view_problems({"type": "home", "blocks": [section("x")] * 100}, "home") == []
    for block in ({"type": "markdown", "text": "x"}, field("f", {"type": "file_input"}), chart()):
        assert view_problems({"type": "home", "blocks": [block]}, "home")


def test_all_text_counts_towards_the_cumulative_limit():
    blocks = [section("12345"), {"type": "section", "fields": [mrkdwn("123")]}, rich(preformatted("12"))]
    assert text_length(blocks) == 10


def test_ids_are_filled_in_without_touching_what_was_given():
    blocks = [{"type": "actions", "elements": [{"type": "button", "text": plain("x")}]}]
    filled = with_ids(blocks)
    assert filled[0]["block_id"]
    assert filled[0]["elements"][0]["action_id"]
    assert "block_id" not in blocks[0]
