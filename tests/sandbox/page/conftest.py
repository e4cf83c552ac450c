"""A running workspace, an app connected to it, and a browser that looks at it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from page_app import PROMPTS, SmallApp
from playwright.sync_api import Browser, Page, expect, sync_playwright
from slack_sdk import WebClient

from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
EXAMPLES = Path(__file__).parents[3] / "examples"
PATIENCE_MS = 20_000
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "page_browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("page"))


@pytest.fixture
def workspace() -> Iterator[RunningWorkspace]:
    with RunningWorkspace(Options(examples=EXAMPLES, rate_limits=False)) as running:
        yield running


@pytest.fixture
def bot(workspace: RunningWorkspace) -> WebClient:
    """The Web API as the app uses it."""
    return WebClient(workspace.bot_token, base_url=workspace.api_url)


@pytest.fixture
def app(workspace: RunningWorkspace, bot: WebClient) -> Iterator[SmallApp]:
    with SmallApp(bot, workspace.app_token) as small_app:
        yield small_app


@pytest.fixture(scope="module")
def page_browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("THE PAGE IS NOT TESTED: no chromium on this machine (install Debian's chromium package)")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(page_browser: Browser, workspace: RunningWorkspace) -> Iterator[Callable[..., Page]]:
    """Open the page as a person, at a place; anything the page complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(user: str = "alice", place: str = f"#/c/{PROMPTS}", **options: Any) -> Page:
        context = page_browser.new_context(viewport={"width": 1280, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(f"{workspace.url}?user={user}{place}")
        page.get_by_role("link", name="general").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints
