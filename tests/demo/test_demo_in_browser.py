"""``promptbeam demo`` as a newcomer meets it: the page, the form, the thread, the final prompt.

With SCREENSHOTS set to a folder, the pictures that README and docs show are taken on the way.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.cli.terminal import TICKETS, start

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = os.environ.get("SCREENSHOTS")
WHOLE_RUN_MS = 120_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="THE DEMO IS NOT TESTED IN A BROWSER: no chromium (apt-get install chromium)"
    ),
]


@pytest.fixture
def demo_url(tmp_path: Path) -> Iterator[str]:
    """The real ``promptbeam demo`` in a process of its own, listening on any free port."""
    process = start(tmp_path, "demo", "--no-browser", "--port", "0", "--latency-ms", "150" if SHOTS else "20")
    try:
        said = ""
        while "Promptbeam is ready" not in said:
            assert select.select([process.stdout], [], [], 30)[0], f"the demo did not start: {said}"
            line = process.stdout.readline()
            assert line, f"the demo ended: {said}{process.stderr.read()}"
            said += line
        yield re.search(r"http://[\d.:]+/", said)[0]
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=40)
        assert process.returncode == 0, err
        assert "Traceback" not in err, err


@pytest.fixture
def page(demo_url: str) -> Iterator[Page]:
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened = browser.new_page(viewport={"width": 1440, "height": 1000})
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(demo_url)
        yield opened
        browser.close()
    assert not complaints


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.mouse.move(5, 5)
        page.wait_for_timeout(400)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_a_newcomer_improves_a_prompt_in_the_browser(page: Page) -> None:
    box = page.get_by_role("textbox", name="Message #prompts")
    expect(page.get_by_text("Make a prompt better")).to_be_visible()
    shoot(page, "welcome")
    box.fill("/optimize")
    box.press("Enter")
    form = page.get_by_role("dialog")
    expect(form.get_by_role("heading", name="Improve a prompt")).to_be_visible()
    uploads = form.locator("input[type=file]")
    uploads.nth(0).set_input_files(TICKETS[0])
    uploads.nth(1).set_input_files(TICKETS[1])
    expect(form.get_by_text("tickets.csv")).to_be_visible()
    shoot(page, "form")
    form.get_by_role("button", name="Start").click()
    expect(form).to_be_hidden()

    replies = page.get_by_text(re.compile(r"\d+ repl(y|ies)")).first
    replies.click(timeout=WHOLE_RUN_MS)
    expect(page.get_by_text("Where it failed").first).to_be_visible(timeout=WHOLE_RUN_MS)
    shoot(page, "round")
    verdict = page.get_by_text(re.compile(r"on 88 held-out examples")).first
    expect(verdict).to_be_visible(timeout=WHOLE_RUN_MS)
    expect(page.get_by_text("The whole report").first).to_be_visible(timeout=WHOLE_RUN_MS)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_text("simulated model").first).to_be_visible()
    headline = page.get_by_text(re.compile(r"^(Better|Not shown|No improvement|Worse)")).last
    headline.scroll_into_view_if_needed()
    shoot(page, "thread")
    plot = page.locator("img[alt*='search examples' i], img[alt*='score' i]").first
    plot.scroll_into_view_if_needed()
    expect(plot).to_be_visible()

    box.fill("/prompts ticket")
    box.press("Enter")
    expect(page.get_by_text("Only visible to you").first).to_be_visible()
    shoot(page, "search")


def test_a_missing_prompt_is_said_at_its_field(page: Page) -> None:
    box = page.get_by_role("textbox", name="Message #prompts")
    box.fill("/optimize")
    box.press("Enter")
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Start").click()
    expect(form.get_by_role("alert").first).to_be_visible()
    shoot(page, "field-error")


def test_a_newcomer_evolves_instructions_in_the_browser(page: Page) -> None:
    box = page.get_by_role("textbox", name="Message #prompts")
    box.fill("/evolve demo")
    box.press("Enter")
    form = page.get_by_role("dialog")
    expect(form.get_by_role("heading", name="Evolve instructions")).to_be_visible()
    shoot(page, "evolve-form")
    form.get_by_role("button", name="Start").click()
    expect(form).to_be_hidden()

    page.get_by_text(re.compile(r"\d+ repl(y|ies)")).first.click(timeout=WHOLE_RUN_MS)
    step = page.get_by_text(re.compile(r"Step 1 of")).first
    expect(step).to_be_visible(timeout=WHOLE_RUN_MS)
    step.scroll_into_view_if_needed()
    shoot(page, "evolve-step")
    expect(page.get_by_text("The evolved data (Alpaca, Parquet)").first).to_be_visible(timeout=WHOLE_RUN_MS)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    headline = page.get_by_text(re.compile(r"^\d+ of 30 rows evolved")).last
    headline.scroll_into_view_if_needed()
    shoot(page, "evolve-thread")
