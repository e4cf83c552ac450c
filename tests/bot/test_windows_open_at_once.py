"""Windows open within the three seconds of their trigger, whatever is slow, and show the newest thing."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.bot.office import Office, shown
from tests.bot.slow_slack import click_home, post_result, quick_lookups, slow_lookups
from tests.bot.test_review import _option, keep


@pytest.fixture
def office(shared_office: Office):
    yield shared_office
    quick_lookups(shared_office)


OPENS = {
    "prompt.diff": "What changed",
    "review.changes": "What should change?",
    "prompt.export": "Send it to me",
    "prompt.evolve": "Evolve a prompt",
}


def some_prompt(office: Office, name: str):
    if not office.store.database.rows("SELECT 1 FROM prompts WHERE id = ?", (f"p-{name}",)):
        return keep(office, name)
    alice = office.workspace.user_id("alice")
    return office.store.prompts.get(f"p-{name}", office.bot.desk.members.viewer(alice, "T0SANDBOX1"))


@pytest.mark.parametrize("action", sorted(OPENS))
def test_a_button_opens_its_window_before_it_looks_anything_up(office: Office, action: str):
    final = post_result(office, some_prompt(office, "slow"))
    slow_lookups(office, 3.3)
    office.workspace.click("alice", "prompts", final["ts"], action)
    assert "One moment" in shown(office.workspace.view("alice", 2.0))
    office.window("alice", OPENS[action])


@pytest.mark.parametrize("entry", ["share", "privacy", "again", "reuse"])
def test_so_does_each_entry_of_the_menu(office: Office, entry: str):
    final = post_result(office, some_prompt(office, "slow"))
    slow_lookups(office, 0.5)
    office.workspace.click(
        "alice", "prompts", final["ts"], "review.more", selected_option=_option(final, entry)
    )
    assert "One moment" in shown(office.workspace.view("alice", 2.0))
    office.window("alice")


def test_a_trigger_that_was_too_old_is_told_in_its_own_words(office: Office):
    final = post_result(office, some_prompt(office, "slow"))
    office.workspace.fail_next("views.open", error="expired_trigger_id")
    office.workspace.click("alice", "prompts", final["ts"], "prompt.diff")
    told = office.says("Press it again")
    assert told["seen_only_by"] == office.workspace.user_id("alice")
    assert "broke" not in shown(told)


def test_the_fourth_window_takes_the_place_of_the_third(office: Office):
    some_prompt(office, "stacked")
    click_home(office, "alice", "search.open")
    for action, words in (
        ("prompts.show", "Use as a start"),
        ("prompt.versions", "Version 1"),
        ("prompts.show", "Use as a start"),
        ("prompt.diff", "From"),
    ):
        office.workspace.wait(lambda: "One moment" not in shown(office.window("alice")))
        office.workspace.click_in_view("alice", action)
        office.window("alice", words)
    assert len(office.workspace.views("alice")) == 3
    assert not [m for m in office.workspace.messages("@alice") if "broke" in shown(m)]


def test_a_window_that_was_closed_before_it_was_filled_is_nothing_to_apologise_for(office: Office):
    final = post_result(office, some_prompt(office, "slow"))
    slow_lookups(office, 0.7)
    before = len(office.workspace.calls("views.update"))
    office.workspace.click("alice", "prompts", final["ts"], "prompt.diff")
    office.workspace.view("alice", 2.0)
    office.workspace.close_view("alice")
    office.workspace.wait(lambda: len(office.workspace.calls("views.update")) > before)
    told = [m for m in office.workspace.messages("prompts") if m["ts"] > final["ts"]]
    assert not [m for m in told if "❌" in shown(m)]


def test_what_somebody_may_not_do_is_told_in_the_window_that_opened(office: Office):
    final = post_result(office, some_prompt(office, "slow"))
    office.workspace.click("bob", "prompts", final["ts"], "review.changes")
    office.window("bob", "or an admin can do that")


def test_of_two_searches_the_newer_one_stays(office: Office, monkeypatch: pytest.MonkeyPatch):
    from bot.slack import search_buttons

    click_home(office, "alice", "search.open")
    office.window("alice", "Past prompts")
    held = threading.Event()
    real = search_buttons.page_of_hits

    def held_back(reception: Any, asker: Any, asked: str, page: int) -> Any:
        found = real(reception, asker, asked, page)
        if asked == "first":
            held.wait(10)
        return found

    monkeypatch.setattr(search_buttons, "page_of_hits", held_back)
    office.workspace.click_in_view("alice", "search.words", value="first")
    office.workspace.click_in_view("alice", "search.words", value="second")
    office.window("alice", "“second”")
    held.set()
    time.sleep(0.3)
    assert "“second”" in shown(office.workspace.view("alice"))
