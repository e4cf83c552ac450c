"""Block Kit messages as the page draws them, posted through the workspace's own Web API."""

from __future__ import annotations

import pytest
from page_app import PROMPTS, mrkdwn, plain
from playwright.sync_api import expect

DRAW = """async (block) => {
  const [{ blockNode }, { Origin }] = await Promise.all([import('/page/js/blocks.js'), import('/page/js/actions.js')]);
  document.querySelector('.list-inner').append(blockNode(block, new Origin({ channel: 'C1', ts: '1.1' })));
}"""


def rich(text: str) -> dict:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
    }


def task(task_id: str, title: str, status: str) -> dict:
    return {
        "type": "task_card",
        "task_id": task_id,
        "title": title,
        "status": status,
        "details": rich(f"about {title}"),
    }


def test_a_run_message_shows_its_parts_and_follows_each_update(bot, visit):
    page = visit()
    blocks = [
        {"type": "header", "text": plain("Optimising r-1A2B")},
        {"type": "section", "fields": [mrkdwn("*Owner*\n<@U000ALICE01>"), mrkdwn("*Budget*\n500 calls")]},
        {
            "type": "plan",
            "title": "Steps",
            "tasks": [
                task("a", "Read data", "complete"),
                task("b", "Try edits", "in_progress"),
                task("c", "Test", "pending"),
                task("d", "Post", "error"),
            ],
        },
        {"type": "context", "elements": [mrkdwn("simulated model")]},
    ]
    posted = bot.chat_postMessage(channel=PROMPTS, text="Optimising r-1A2B", blocks=blocks)
    message = page.locator(f'[data-ts="{posted["ts"]}"]')
    expect(message.get_by_role("heading", name="Optimising r-1A2B")).to_be_visible()
    expect(message.get_by_text("@alice")).to_be_visible()
    expect(message.get_by_text("App", exact=True)).to_be_visible()
    for status in ("Done", "Working", "Not started", "Failed"):
        expect(message.get_by_role("img", name=status)).to_have_count(1)
    blocks[2]["tasks"][1]["status"] = "complete"
    bot.chat_update(channel=PROMPTS, ts=posted["ts"], text="Optimising r-1A2B", blocks=blocks)
    expect(message.get_by_role("img", name="Done")).to_have_count(2)


def test_a_diff_is_coloured_line_by_line(bot, visit):
    page = visit()
    diff = "@@ -1 +1 @@\n same\n-old line\n+new line"
    element = {
        "type": "rich_text_preformatted",
        "language": "diff",
        "elements": [{"type": "text", "text": diff}],
    }
    bot.chat_postMessage(channel=PROMPTS, text="diff", blocks=[{"type": "rich_text", "elements": [element]}])
    changes = page.get_by_label("Changes").last
    expect(changes.locator(".line-add")).to_have_text("+new line")
    expect(changes.locator(".line-del")).to_have_text("-old line")
    expect(changes.locator(".line-hunk")).to_have_count(1)


def test_tables_and_charts_are_drawn(bot, visit):
    page = visit()
    rows = [
        [{"type": "raw_text", "text": cell} for cell in row]
        for row in (["Label", "Score"], ["billing", "0.86"])
    ]
    series = [{"name": "best", "data": [{"label": "0", "value": 0.5}, {"label": "1", "value": 0.8}]}]
    bot.chat_postMessage(
        channel=PROMPTS,
        text="figures",
        blocks=[
            {"type": "table", "rows": rows, "column_settings": [{"align": "left"}, {"align": "right"}]},
            {
                "type": "data_visualization",
                "title": "Best score",
                "chart": {"type": "line", "series": series, "axis_config": {"categories": ["0", "1"]}},
            },
        ],
    )
    expect(page.get_by_role("columnheader", name="Score")).to_be_visible()
    expect(page.get_by_role("cell", name="0.86")).to_be_visible()
    expect(page.get_by_role("img", name="best: 0 0.5, 1 0.8")).to_be_visible()


def test_a_container_folds_and_stays_as_the_person_left_it(bot, visit):
    page = visit()
    container = {
        "type": "container",
        "block_id": "steps",
        "title": plain("All steps"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [{"type": "section", "text": mrkdwn("inside the fold")}],
    }
    posted = bot.chat_postMessage(channel=PROMPTS, text="steps", blocks=[container])
    message = page.locator(f'[data-ts="{posted["ts"]}"]')
    expect(message.get_by_text("inside the fold")).to_be_hidden()
    message.get_by_text("All steps").click()
    expect(message.get_by_text("inside the fold")).to_be_visible()
    container["child_blocks"][0]["text"]["text"] = "inside the fold, changed"
    bot.chat_update(channel=PROMPTS, ts=posted["ts"], text="steps", blocks=[container])
    expect(message.get_by_text("inside the fold, changed")).to_be_visible()


@pytest.mark.parametrize("kind", ["mystery", "constructor", "__proto__", ""])
def test_an_unknown_block_leaves_a_visible_note(visit, kind):
    page = visit()
    page.evaluate(DRAW, {"type": kind})
    expect(page.get_by_text("This page does not draw").last).to_be_visible()


def test_a_button_is_delivered_once_and_asks_first_when_told_to(bot, app, visit):
    page = visit()
    button = {
        "type": "button",
        "text": plain("Stop"),
        "style": "danger",
        "action_id": "opt.stop",
        "value": "r-1",
        "confirm": {
            "title": plain("Stop this run?"),
            "text": plain("The best prompt is kept."),
            "confirm": plain("Yes, stop"),
            "deny": plain("Go on"),
        },
    }
    posted = bot.chat_postMessage(
        channel=PROMPTS, text="x", blocks=[{"type": "actions", "block_id": "acts", "elements": [button]}]
    )
    stop = page.locator(f'[data-ts="{posted["ts"]}"]').get_by_role("button", name="Stop")
    stop.click()
    page.get_by_role("button", name="Go on").click()
    stop.click()
    page.get_by_role("button", name="Yes, stop").click()
    payload = app.next("block_actions")
    assert [(a["block_id"], a["action_id"], a["value"]) for a in payload["actions"]] == [
        ("acts", "opt.stop", "r-1")
    ]
    assert payload["container"]["message_ts"] == posted["ts"]
    expect(stop).to_be_enabled()
    assert app.delivered.empty()


def test_menus_and_feedback_are_delivered_with_what_was_chosen(bot, app, visit):
    page = visit()
    options = [
        {"text": plain("Make private"), "value": "private"},
        {"text": plain("Delete"), "value": "delete"},
    ]
    feedback = {
        "type": "feedback_buttons",
        "action_id": "fb",
        "positive_button": {"text": plain("Helpful"), "value": "up"},
        "negative_button": {"text": plain("Not helpful"), "value": "down"},
    }
    posted = bot.chat_postMessage(
        channel=PROMPTS,
        text="x",
        blocks=[
            {
                "type": "actions",
                "elements": [
                    {"type": "overflow", "action_id": "more", "options": options},
                    {
                        "type": "static_select",
                        "action_id": "pick",
                        "placeholder": plain("Pick"),
                        "options": options,
                    },
                ],
            },
            {"type": "context_actions", "elements": [feedback]},
        ],
    )
    message = page.locator(f'[data-ts="{posted["ts"]}"]')
    message.get_by_role("button", name="More options").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert app.next("block_actions")["actions"][0]["selected_option"]["value"] == "delete"
    message.get_by_label("Pick").select_option("private")
    assert app.next("block_actions")["actions"][0]["selected_option"]["value"] == "private"
    message.get_by_role("button", name="Not helpful").click()
    assert app.next("block_actions")["actions"][0]["value"] == "down"
    expect(message.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
