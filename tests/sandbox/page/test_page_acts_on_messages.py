"""What a person can do with a message: react, edit, delete, run a shortcut, follow a link to it."""

from __future__ import annotations

from page_app import GENERAL, PROMPTS, mrkdwn
from playwright.sync_api import Page, expect


def say(page: Page, text: str) -> None:
    box = page.get_by_label("Message #prompts")
    box.fill(text)
    box.press("Enter")
    page.get_by_role("article").filter(has_text=text).wait_for()


def act(page: Page, text: str, tool: str, item: str) -> None:
    message = page.get_by_role("article").filter(has_text=text)
    message.hover()
    message.get_by_role("button", name=tool).click()
    page.get_by_role("menuitem", name=item).click()


def test_a_reaction_is_counted_for_everyone_and_taken_back(visit):
    alice, bob = visit("alice"), visit("bob")
    say(alice, "who is in?")
    act(bob, "who is in?", "Add reaction", "eyes")
    reaction = (
        alice.get_by_role("article").filter(has_text="who is in?").get_by_role("button", name="eyes, 1")
    )
    expect(reaction).to_have_attribute("aria-pressed", "false")
    reaction.click()
    both = bob.get_by_role("article").filter(has_text="who is in?").get_by_role("button", name="eyes, 2")
    both.click()
    expect(reaction).to_have_attribute("aria-pressed", "true")


def test_an_own_message_can_be_edited_and_deleted_and_others_cannot(visit):
    alice, bob = visit("alice"), visit("bob")
    say(alice, "a typo hree & there")
    act(alice, "a typo hree", "More actions", "Edit message")
    field = alice.get_by_role("textbox", name="Edit message")
    expect(field).to_have_value("a typo hree & there")
    field.fill("no typo here & there")
    field.press("Enter")
    expect(bob.get_by_role("article").filter(has_text="no typo here & there")).to_contain_text("(edited)")
    message = bob.get_by_role("article").filter(has_text="no typo here")
    message.hover()
    message.get_by_role("button", name="More actions").click()
    expect(bob.get_by_role("menuitem", name="Edit message")).to_have_count(0)
    act(alice, "no typo here", "More actions", "Delete message")
    alice.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(message).to_have_count(0)


def test_a_message_shortcut_reaches_the_app_with_the_message(app, visit):
    page = visit()
    say(page, "Classify this: {text}")
    act(page, "Classify this", "More actions", "Optimise this prompt")
    payload = app.next("message_action")
    assert payload["callback_id"] == "optimize_message"
    assert payload["message"]["text"] == "Classify this: {text}"


def test_a_link_to_a_message_opens_its_place_in_the_page(bot, visit):
    page = visit("alice", f"#/c/{GENERAL}")
    parent = bot.chat_postMessage(channel=PROMPTS, text="the parent")
    reply = bot.chat_postMessage(channel=PROMPTS, text="the reply", thread_ts=parent["ts"])
    link = bot.chat_getPermalink(channel=PROMPTS, message_ts=reply["ts"])["permalink"]
    dm = bot.conversations_open(users="U000ALICE01")["channel"]["id"]
    bot.chat_postMessage(
        channel=dm,
        text="done",
        blocks=[{"type": "section", "text": mrkdwn(f"<{link}|Go to the result>")}],
    )
    page.get_by_role("link", name="promptbeam", exact=False).last.click()
    page.get_by_role("link", name="Go to the result").click()
    expect(page.get_by_role("complementary", name="Thread").get_by_text("the reply")).to_be_visible()
    expect(page.get_by_role("heading", name="prompts").first).to_be_visible()


def test_a_link_opened_from_outside_leads_to_the_message(bot, page_browser):
    posted = bot.chat_postMessage(channel=PROMPTS, text="linked from afar")
    link = bot.chat_getPermalink(channel=PROMPTS, message_ts=posted["ts"])["permalink"]
    page = page_browser.new_page()
    page.goto(link)
    expect(page.get_by_text("linked from afar")).to_be_visible()
    assert f"#/c/{PROMPTS}" in page.url
    page.close()


def test_the_bot_is_invited_by_one_click(workspace, visit):
    page = visit("alice", f"#/c/{GENERAL}")
    page.get_by_role("button", name="Invite promptbeam").click()
    expect(page.get_by_text("has joined the channel")).to_be_visible()
    expect(page.get_by_role("button", name="Invite promptbeam")).to_have_count(0)
