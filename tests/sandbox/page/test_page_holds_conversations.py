"""Talking in the page: channels, threads, files, people, and coming back after a break."""

from __future__ import annotations

import subprocess
import sys

from page_app import PROMPTS, SECRET, modal, mrkdwn, plain
from playwright.sync_api import expect


def say(page, text: str, box: str = "Message #prompts") -> None:
    field = page.get_by_label(box)
    field.fill(text)
    field.press("Enter")


def test_a_message_reaches_the_other_person_and_a_reply_opens_a_thread(visit):
    alice, bob = visit("alice"), visit("bob")
    say(alice, "good morning *everyone*")
    said = bob.get_by_role("article").filter(has_text="good morning everyone")
    expect(said.locator("strong")).to_have_text("everyone")
    said.hover()
    said.get_by_role("button", name="Reply in thread").click()
    say(bob, "good morning alice", "Write a reply")
    parent = alice.get_by_role("article").filter(has_text="good morning everyone")
    parent.get_by_role("button", name="1 reply").click()
    thread = alice.get_by_role("complementary", name="Thread")
    expect(thread.get_by_text("good morning alice")).to_be_visible()
    alice.keyboard.press("Escape")
    expect(thread).to_be_hidden()


def test_shift_enter_makes_a_line_and_enter_sends(visit):
    page = visit()
    box = page.get_by_label("Message #prompts")
    box.press_sequentially("line one")
    box.press("Shift+Enter")
    box.press_sequentially("line two")
    box.press("Enter")
    expect(page.get_by_role("article").last).to_contain_text("line oneline two")
    expect(box).to_have_value("")


def test_the_slash_menu_lists_commands_and_completes_with_the_keyboard(visit):
    page = visit()
    box = page.get_by_label("Message #prompts")
    box.press_sequentially("/")
    menu = page.get_by_role("listbox", name="Suggestions")
    expect(menu.get_by_role("option", name="/optimize")).to_be_visible()
    expect(menu).to_contain_text("Improve a prompt with your examples")
    box.press("ArrowDown")
    box.press("Tab")
    expect(box).to_have_value("/evolve ")
    expect(menu).to_be_hidden()


def test_a_command_nobody_answers_says_so_and_keeps_the_text(visit):
    page = visit()
    say(page, "/optimize now")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Message #prompts")).to_have_value("/optimize now")


def test_an_attached_table_is_previewed_and_can_be_downloaded(visit):
    page = visit()
    rows = b"text,label\n" + b'"hello, you",greeting\n' * 7
    page.get_by_label("Attach files").set_input_files(
        {"name": "rows.csv", "mimeType": "text/csv", "buffer": rows}
    )
    page.get_by_role("button", name="Remove rows.csv").wait_for()
    say(page, "my data")
    file = page.get_by_role("article", name="File rows.csv")
    expect(file.get_by_role("cell", name="hello, you").first).to_be_visible()
    expect(file.get_by_text("3 more rows")).to_be_visible()
    with page.expect_download() as download:
        file.get_by_role("link", name="Download rows.csv").click()
    assert download.value.path().read_bytes() == rows


def test_a_picture_opens_large(bot, visit):
    page = visit()
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
    )
    bot.files_upload_v2(channel=PROMPTS, content=png, filename="scores.png", title="Scores")
    page.get_by_role("button", name="Open image: Scores").click()
    dialog = page.get_by_role("dialog", name="Scores")
    expect(dialog.get_by_role("img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_an_ephemeral_message_is_marked_and_seen_by_one_person_only(bot, visit):
    alice, bob = visit("alice"), visit("bob")
    bot.chat_postEphemeral(channel=PROMPTS, user="U000ALICE01", text="a secret hint")
    expect(alice.get_by_role("article").filter(has_text="a secret hint")).to_contain_text(
        "Only visible to you"
    )
    say(bob, "anything new?")
    bob.get_by_role("article").filter(has_text="anything new?").wait_for()
    expect(bob.get_by_text("a secret hint")).to_have_count(0)


def test_a_private_channel_is_there_for_members_only(visit):
    page = visit("alice", f"#/c/{SECRET}")
    expect(page.get_by_role("heading", name="secret-lab").first).to_be_visible()
    page.get_by_role("button", name="Switch user").click()
    page.get_by_role("menuitem", name="carol").click()
    expect(page.get_by_role("button", name="Signed in as carol")).to_be_visible()
    expect(page.get_by_role("link", name="secret-lab")).to_have_count(0)


def test_unread_messages_are_counted_until_the_channel_is_opened(bot, visit):
    page = visit("bob", f"#/c/{SECRET}")
    bot.chat_postMessage(channel=PROMPTS, text="news for all")
    link = page.get_by_role("link", name="prompts").filter(has=page.get_by_label("unread"))
    link.click()
    expect(page.get_by_text("news for all")).to_be_visible()
    expect(link).to_have_count(0)


def test_home_shows_what_the_app_published(bot, app, visit):
    app.answers["event_callback"] = lambda payload: None
    page = visit("alice", "#/home")
    bot.views_publish(
        user_id="U000ALICE01",
        view={
            "type": "home",
            "blocks": [
                {"type": "header", "text": plain("Your prompts")},
                {
                    "type": "actions",
                    "elements": [{"type": "button", "text": plain("New"), "action_id": "new"}],
                },
            ],
        },
    )
    expect(page.get_by_role("heading", name="Your prompts")).to_be_visible()
    app.answers["block_actions"] = lambda payload: (
        app.client.views_open(
            trigger_id=payload["trigger_id"], view=modal({"type": "section", "text": mrkdwn("fresh form")})
        )
        and None
    )
    page.get_by_role("button", name="New").click()
    expect(page.get_by_role("dialog")).to_contain_text("fresh form")


def test_the_page_says_that_nothing_leaves_the_machine_and_asks_nobody_else(workspace, page_browser):
    page = page_browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(workspace.url)
    expect(page.get_by_text("Local workspace: it runs on this machine only")).to_be_visible()
    page.get_by_label("Message #prompts").wait_for()
    page.close()
    assert {url for url in asked if not url.startswith(workspace.url)} == set()


def test_the_page_comes_back_by_itself_after_the_server_was_away(page_browser, unused_tcp_port):
    command = [
        sys.executable,
        "-m",
        "sandbox.workspace",
        "--port",
        str(unused_tcp_port),
        "--exit-with-parent",
    ]

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    page = page_browser.new_page()
    first = start()
    page.goto(f"http://127.0.0.1:{unused_tcp_port}/?user=alice")
    page.get_by_label("Message #prompts").wait_for()
    first.terminate()
    first.communicate(timeout=10)
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    second = start()
    expect(page.get_by_text("Reconnecting")).to_be_hidden(timeout=15_000)
    say(page, "back again")
    expect(page.get_by_role("article").filter(has_text="back again")).to_be_visible()
    page.close()
    second.terminate()
    second.communicate(timeout=10)


def test_a_message_that_comes_while_the_page_loads_is_not_lost(bot, visit):
    page = visit("alice", f"#/c/{SECRET}")
    page.wait_for_function("async () => (await import('/page/js/state.js')).state.loaded.has('C00PROMPTS1')")
    answers = []

    def hold_until_another_message_came(route):
        answer = route.fetch()
        posted = bot.chat_postMessage(channel=PROMPTS, text="came in between")
        page.wait_for_function(
            """async (ts) => (await import('/page/js/state.js')).messagesOf('C00PROMPTS1').some((m) => m.ts === ts)""",
            arg=posted["ts"],
        )
        answers.append(answer.json())
        route.fulfill(response=answer)

    page.route("**/web/messages?*C00PROMPTS1*", hold_until_another_message_came)
    with page.expect_request_finished(lambda request: "C00PROMPTS1" in request.url):
        page.get_by_role("link", name="prompts").click()
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    expect(page.get_by_text("came in between")).to_be_visible()
    assert [m for m in answers[0]["messages"] if m["text"] == "came in between"] == []


def test_enter_during_an_upload_sends_when_the_file_is_stored(visit):
    page = visit()
    held = []
    page.route("**/web/upload", lambda route: held.append(route))
    page.get_by_label("Attach files").set_input_files(
        {"name": "slow.txt", "mimeType": "text/plain", "buffer": b"slow but sure"}
    )
    page.get_by_text("uploading").wait_for()
    say(page, "with a slow file")
    expect(page.get_by_role("button", name="Send message")).to_be_disabled()
    held[0].continue_()
    message = page.get_by_role("article").filter(has_text="with a slow file").first
    expect(message.get_by_text("slow but sure")).to_be_visible()
