"""Every screen of the Slack product as a person meets it, in the browser.

With SCREENSHOTS set to a folder, the pictures that docs/slack.md shows are taken on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from sandbox.workspace.seed import promptbeam_seed
from tests.bot.office import (
    EXAMPLES,
    PROMPT,
    TICKETS,
    UNDER_WAY,
    Office,
    bot_at_work,
    run_id_of,
    settings_for,
    shown,
)
from tests.bot.slow_slack import quick_lookups, slow_lookups
from tests.demo.test_demo_in_browser import ARGUMENTS, CHROMIUM, shoot

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="THE SCREENS ARE NOT TESTED IN A BROWSER: no chromium (apt-get install chromium)",
    ),
]
FILES = [("tickets.csv", TICKETS)]
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The bot with the rights of its manifest, no more."""
    options = Options(examples=EXAMPLES, rate_limits=False, seed=promptbeam_seed())
    with RunningModel() as model, RunningWorkspace(options) as workspace:
        settings = settings_for(workspace, model, tmp_path_factory.mktemp("screens"))
        with bot_at_work(settings) as (bot, store):
            workspace.wait_for_app()
            yield Office(workspace, model, bot, store)


@pytest.fixture(scope="module")
def result(office: Office) -> tuple[str, str]:
    """A run of alice that has ended: its id, and the timestamp of its thread."""
    office.ask(goal="Route support tickets to the right team")
    final = office.says("Request changes…")
    parent = next(m for m in office.workspace.messages("prompts") if m["ts"] == final["thread_ts"])
    office.ended(run_id_of(parent))
    return run_id_of(parent), parent["ts"]


Visit = Callable[..., Page]


@pytest.fixture
def visit(office: Office) -> Iterator[Visit]:
    """Open the page as a person, at a place."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

        def open_page(user: str = "alice", place: str = "") -> Page:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(PATIENCE_MS)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(f"{office.workspace.url}?user={user}{place}")
            page.get_by_role("link", name="general").wait_for()
            return page

        yield open_page
        browser.close()
    assert not complaints


def in_thread(office: Office, ts: str, channel: str = "prompts") -> str:
    return f"#/c/{office.workspace.channel_id(channel)}/{ts}"


def dialog(page: Page, words: str) -> Locator:
    box = page.get_by_role("dialog").last
    expect(box.get_by_text(words).first).to_be_visible(timeout=PATIENCE_MS)
    return box


def press_until(page: Page, button: Locator, words: str) -> Locator:
    """Press until a window with ``words`` opens: on a busy machine the three seconds of a trigger may pass."""
    box = page.get_by_role("dialog").last
    for _ in range(4):
        button.click()
        try:
            expect(box.get_by_text(words).first).to_be_visible(timeout=8_000)
        except AssertionError:
            continue
        return box
    raise AssertionError(f"no window says {words!r}")


def test_the_result_with_everything_that_can_be_done_with_it(office, result, visit: Visit):
    _, ts = result
    page = visit(place=in_thread(office, ts))
    accept = page.get_by_role("button", name="Accept").last
    accept.evaluate("button => button.scrollIntoView({block: 'end'})")
    expect(accept).to_be_visible()
    page.get_by_role("button", name="More options").last.click()
    expect(page.get_by_text("Run again on new data…").last).to_be_visible()
    shoot(page, "slack-result")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="What changed").last.click()
    expect(page.get_by_role("dialog").last.get_by_role("heading", name="What changed")).to_be_visible()
    shoot(page, "slack-diff")
    page.get_by_role("dialog").last.get_by_role("button", name="Close").last.click()

    page.get_by_role("button", name="Request changes…").last.click()
    form = dialog(page, "What should change?")
    form.get_by_role("textbox").first.fill("Tickets about refunds belong to billing")
    shoot(page, "slack-changes")
    form.get_by_role("button", name="Cancel").click()

    page.get_by_role("button", name="Export…").last.click()
    dialog(page, "promptfoo")
    shoot(page, "slack-export")
    page.get_by_role("dialog").last.get_by_role("button", name="Cancel").click()

    accept.click()
    expect(page.get_by_text("Accepted by").last).to_be_visible()
    assert office.store.prompts is not None


def test_a_reply_after_the_end_is_answered_with_an_offer(office, result, visit: Visit):
    _, ts = result
    page = visit(place=in_thread(office, ts))
    office.workspace.send("alice", "prompts", "Tickets about refunds always belong to billing", thread_ts=ts)
    button = page.get_by_role("button", name="Start another round")
    expect(button).to_be_visible()
    button.scroll_into_view_if_needed()
    shoot(page, "slack-reply")
    page.get_by_role("button", name="Just save it").click()
    expect(page.get_by_text("Saved with the prompt")).to_be_visible()


def test_a_long_run_has_a_short_thread(office, visit: Visit):
    office = office.from_now()
    office.ask(prompt="Which team is it? Answer with the team only: {ticket}", preset="thorough")
    earlier = office.says("Earlier rounds")
    final = office.says("Request changes…", timeout=120)
    parent = next(m for m in office.workspace.messages("prompts") if m["ts"] == final["thread_ts"])
    run_id = run_id_of(parent)
    office.ended(run_id)
    told = len([one for one in office.store.runs.get(run_id).message_ts if one.startswith("round-")])
    office.workspace.wait(lambda: office.store.runs.get(run_id).message_ts.get("folded"), 30, "the fold")
    office.workspace.wait(lambda: len(rounds_in(office, parent)) == 3, 30, "three rounds in whole")
    assert told > 4
    page = visit(place=in_thread(office, parent["ts"]))
    menu = page.get_by_role("combobox").last
    menu.evaluate("menu => menu.scrollIntoView({block: 'start'})")
    expect(page.get_by_text("Earlier rounds").last).to_be_visible()
    shoot(page, "slack-long-thread")
    menu.select_option(label="Round 1")
    dialog(page, "Where it failed")
    shoot(page, "slack-round-again")
    assert earlier["thread_ts"] == parent["ts"]


def rounds_in(office: Office, parent) -> list[str]:
    replies = office.thread(parent)
    return [shown(one) for one in replies if shown(one).startswith(("*Round", "Round"))]


def test_a_mention_is_answered_with_one_question_when_something_is_unclear(office, visit: Visit):
    ts = office.workspace.send("bob", "prompts", f"@promptbeam optimize\n```\n{PROMPT}\n```")
    asked = office.find(lambda m: "Almost ready" in shown(m) and m.get("thread_ts") == ts)
    page = visit("bob", in_thread(office, ts))
    expect(page.get_by_text("Almost ready").last).to_be_visible()
    shoot(page, "slack-question")
    page.get_by_role("button", name="Cancel").last.click()
    expect(page.get_by_text("Nothing was started").last).to_be_visible()
    assert asked["thread_ts"] == ts


def test_a_message_becomes_the_form_by_its_menu(office, visit: Visit):
    ts = office.workspace.send("bob", "prompts", f"```\n{PROMPT}\n```", files=FILES)
    page = visit("alice", f"#/c/{office.workspace.channel_id('prompts')}")
    office.workspace.shortcut("alice", "optimize_message", "prompts", ts)
    form = dialog(page, "Examples from")
    shoot(page, "slack-shortcut")
    form.get_by_role("button", name="Cancel").click()
    office.workspace.shortcut("alice", "optimize_global")
    form = dialog(page, "Post the thread to")
    expect(form.get_by_text("left empty, it comes to your direct messages")).to_be_visible()
    shoot(page, "slack-anywhere")
    form.get_by_role("button", name="Cancel").click()


def test_the_form_offers_what_earlier_runs_learned_and_keeps_what_was_typed(office, result, visit: Visit):
    page = visit(place=f"#/c/{office.workspace.channel_id('prompts')}")
    slow_lookups(office, 1.0)
    try:
        office.workspace.slash("alice", "prompts", "/optimize")
        form = dialog(page, "Improve a prompt")
        form.get_by_role("textbox").first.fill("Which team takes {ticket}?")
        box = form.get_by_text("Start from what earlier runs learned")
        box.wait_for(timeout=PATIENCE_MS)
    finally:
        quick_lookups(office)
    expect(form.get_by_role("textbox").first).to_have_value("Which team takes {ticket}?")
    box.click()
    expect(form.get_by_role("checkbox")).to_be_checked()
    box.evaluate("box => box.scrollIntoView({block: 'center'})")
    shoot(page, "slack-lessons")
    form.get_by_role("button", name="Cancel").click()


def test_a_prompt_is_made_private_after_a_word_on_what_stays(office, result, visit: Visit):
    run_id, _ = result
    page = visit(place=f"#/c/{office.workspace.channel_id('prompts')}")
    office.workspace.slash("alice", "prompts", f"/prompts show p-{run_id[2:]}")
    opened = dialog(page, "Use as a start")
    press_until(page, opened.get_by_role("button", name="Make private…"), "What I cannot take back")
    shoot(page, "slack-private")
    page.get_by_role("dialog").last.get_by_role("button", name="Cancel").click()


def test_the_home_tab_and_its_search(office, result, visit: Visit):
    office.model.control(hold_after=UNDER_WAY)
    office.ask("alice", goal="Sort the inbox of the night shift")
    office.says("Sort the inbox of the night shift")
    page = visit("alice")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_text("Under way")).to_be_visible()
    expect(page.get_by_text("Sort the inbox of the night shift").first).to_be_visible()
    shoot(page, "slack-home")
    page.get_by_role("button", name="Search past prompts").click()
    box = dialog(page, "Past prompts")
    box.get_by_role("textbox").fill("tickets")
    box.get_by_role("button", name="Search").click()
    expect(box.get_by_text("Route support tickets").first).to_be_visible()
    shoot(page, "slack-search")
    opened = press_until(page, box.get_by_role("button", name="Show").first, "Use as a start")
    shoot(page, "slack-prompt")
    opened.get_by_role("button", name="Versions").click()
    dialog(page, "Version 1")
    shoot(page, "slack-versions")
    office.workspace.slash("alice", "prompts", "/optimize stop")
    office.model.control(hold_after=-1)


def test_help_and_a_refusal_are_for_the_asker_alone(office, result, visit: Visit):
    _, ts = result
    page = visit("bob", f"#/c/{office.workspace.channel_id('prompts')}")
    office.workspace.slash("bob", "prompts", "/optimize help")
    office.workspace.slash("bob", "prompts", "/optimize stauts")
    expect(page.get_by_text("none of my words").last).to_be_visible()
    shoot(page, "slack-words")
    thread = visit("bob", in_thread(office, ts))
    office.workspace.send("bob", "prompts", "Make it shorter!", thread_ts=ts)
    expect(thread.get_by_text("can steer it").last).to_be_visible()
    shoot(thread, "slack-refusal")
