"""Modals in the page: fields, samples, the app's errors, updates and pushes."""

from __future__ import annotations

import pytest
from page_app import PROMPTS, field, modal, mrkdwn, plain
from playwright.sync_api import expect

PROMPT = field(
    "prompt",
    "Prompt",
    {"type": "plain_text_input", "multiline": True, "max_length": 3000},
    optional=True,
    hint=plain("Longer? Attach a file."),
)
EXAMPLES = field(
    "examples",
    "Examples",
    {"type": "file_input", "filetypes": ["csv", "jsonl", "json", "tsv"], "max_files": 2},
)
BUDGET = field(
    "budget",
    "Budget",
    {
        "type": "radio_buttons",
        "initial_option": {"text": plain("Quick"), "value": "quick"},
        "options": [{"text": plain(text), "value": text.lower()} for text in ("Quick", "Thorough")],
    },
)
METRIC = field(
    "metric",
    "Metric",
    {"type": "static_select", "options": [{"text": plain(t), "value": t} for t in ("auto", "exact")]},
)
PLACE = field("place", "Post to", {"type": "conversations_select", "default_to_current_conversation": True})
ALSO = field(
    "also",
    "Also",
    {"type": "checkboxes", "options": [{"text": plain("Only me"), "value": "me"}]},
    optional=True,
)


@pytest.fixture
def open_form(app, visit):
    def opened(view, **options):
        app.opens_on_command(view)
        page = visit(**options)
        box = page.get_by_label("Message #prompts")
        box.fill("/optimize")
        box.press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        return dialog

    return opened


def test_everything_that_was_filled_in_reaches_the_app(app, open_form):
    form = open_form(modal(PROMPT, EXAMPLES, METRIC, BUDGET, PLACE, ALSO))
    form.get_by_label("Prompt").fill("Answer <yes> & no")
    form.get_by_label("Examples").set_input_files(
        {"name": "rows.csv", "mimeType": "text/csv", "buffer": b"text,label\na,b\n"}
    )
    form.get_by_label("Metric").select_option("exact")
    form.get_by_label("Thorough").check()
    form.get_by_label("Only me").check()
    form.get_by_role("button", name="Start").click()
    values = app.next("view_submission")["view"]["state"]["values"]
    assert values["prompt"]["value"]["value"] == "Answer <yes> & no"
    assert [file["name"] for file in values["examples"]["value"]["files"]] == ["rows.csv"]
    assert values["metric"]["value"]["selected_option"]["value"] == "exact"
    assert values["budget"]["value"]["selected_option"]["value"] == "thorough"
    assert values["place"]["value"]["selected_conversation"] == PROMPTS
    assert [o["value"] for o in values["also"]["value"]["selected_options"]] == ["me"]
    expect(form).to_have_count(0)


def test_a_required_field_left_empty_is_named_before_anything_is_sent(app, open_form):
    form = open_form(modal(PROMPT, EXAMPLES))
    form.get_by_role("button", name="Start").click()
    expect(form.get_by_role("alert")).to_have_text("Please complete this required field.")
    expect(form).to_be_visible()


def test_errors_of_the_app_stand_at_their_field_and_go_when_it_is_edited(app, open_form):
    form = open_form(modal(PROMPT, METRIC))
    app.answers["view_submission"] = lambda payload: {
        "response_action": "errors",
        "errors": {"prompt": "Give a prompt here, or attach one."},
    }
    form.get_by_label("Metric").select_option("auto")
    form.get_by_role("button", name="Start").click()
    error = form.locator('[data-block="prompt"]').get_by_role("alert")
    expect(error).to_have_text("Give a prompt here, or attach one.")
    expect(form.get_by_label("Prompt")).to_be_focused()
    form.get_by_label("Prompt").fill("a prompt")
    expect(error).to_be_hidden()


def test_an_update_keeps_what_was_typed_and_a_push_goes_back(app, open_form):
    view = modal(
        PROMPT, {"type": "actions", "elements": [{"type": "button", "text": plain("More"), "action_id": "m"}]}
    )
    form = open_form(view)

    def act(payload):
        blocks = [PROMPT, {"type": "section", "text": mrkdwn("now with *more*")}]
        app.client.views_update(view_id=payload["view"]["id"], view=modal(*blocks))

    app.answers["block_actions"] = act
    form.get_by_label("Prompt").fill("keep me")
    form.get_by_role("button", name="More").click()
    expect(form.get_by_text("now with more")).to_be_visible()
    expect(form.get_by_label("Prompt")).to_have_value("keep me")

    app.answers["view_submission"] = lambda payload: {
        "response_action": "push",
        "view": modal({"type": "section", "text": mrkdwn("on top")}, title="Second", submit=None),
    }
    form.get_by_role("button", name="Start").click()
    expect(form.get_by_role("heading", name="Second")).to_be_visible()
    form.get_by_role("button", name="Back").click()
    expect(form.get_by_label("Prompt")).to_have_value("keep me")


def test_the_counter_follows_and_the_limit_holds(open_form):
    form = open_form(modal(field("short", "Short", {"type": "plain_text_input", "max_length": 5})))
    form.get_by_label("Short").press_sequentially("1234567")
    expect(form.get_by_text("5 / 5")).to_be_visible()


def test_a_file_of_the_wrong_kind_is_refused_with_a_reason(open_form):
    form = open_form(modal(EXAMPLES))
    form.get_by_label("Examples").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": b"x"}
    )
    expect(form.page.get_by_role("alert").filter(has_text="photo.png: this field takes csv")).to_be_visible()


def test_a_sample_fills_the_form_from_the_banner(app, visit):
    app.opens_on_command(modal(PROMPT, EXAMPLES))
    page = visit(user="carol")
    page.get_by_label("Getting started").get_by_role("button", name="Support tickets").click()
    form = page.get_by_role("dialog")
    expect(form.get_by_label("Attached files").get_by_role("listitem")).to_have_count(1)
    assert "ticket" in form.get_by_label("Prompt").input_value().lower()
    form.get_by_role("button", name="Start").click()
    values = app.next("view_submission")["view"]["state"]["values"]
    assert len(values["examples"]["value"]["files"]) == 1


def test_a_sample_file_can_be_chosen_in_the_field_itself(open_form):
    form = open_form(modal(EXAMPLES))
    form.get_by_role("button", name="Use a sample file").click()
    item = form.get_by_role("menuitem").first
    name = item.inner_text().strip()
    item.click()
    expect(form.get_by_role("button", name=f"Remove {name}")).to_be_visible()


def test_escape_closes_the_form_and_the_app_hears_of_it(app, open_form):
    form = open_form(modal(PROMPT) | {"notify_on_close": True})
    form.page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    assert app.next("view_closed")["view"]["callback_id"] == "form"
