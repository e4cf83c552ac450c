"""The owner of a kept prompt takes it back from the others, and shows it to them again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.background.request import ToldLesson
from bot.slack.messages.lessons import lessons_told
from bot.slack.messages.review import review_bar
from tests.bot.office import PROMPT, TICKETS, Office, run_id_of, shown
from tests.bot.test_acting_once import settled
from tests.bot.test_review import _option, keep, stored
from tests.bot.test_starting_from_lessons import BOX, form, learn, told


@pytest.fixture
def calm(shared_office: Office) -> Office:
    for table in ("lesson_vectors", "lessons"):
        shared_office.store.database.connection().execute(f"DELETE FROM {table}")
    return shared_office


def found(office: Office, user: str, words: str) -> str:
    """What a search shows somebody."""
    before = len(office.workspace.messages("prompts"))
    office.workspace.slash(user, "prompts", f"/prompts {words}")
    return shown(office.workspace.wait(lambda: office.workspace.messages("prompts")[before:])[-1])


def press(office: Office, prompt_id: str, words: str) -> dict[str, Any]:
    """Alice opens the prompt and presses the button that says so; the form that follows."""
    office.workspace.slash("alice", "prompts", f"/prompts show {prompt_id}")
    assert words in shown(office.window("alice", "Use as a start"))
    office.workspace.click_in_view("alice", "prompt.privacy")
    return office.window("alice", "can find it")


def test_a_prompt_of_all_becomes_its_owners_alone_and_comes_back(calm: Office):
    learn(calm, "walrus", text="The walrus prompt {ticket}")
    assert "Routing walrus" in found(calm, "bob", "walrus")
    asked = shown(press(calm, "p-walrus", "Make private…"))
    assert "What I cannot take back" in asked
    assert "the thread of the run" in asked
    calm.workspace.submit("alice", {})
    calm.window("alice", "Only you can find it now")
    assert "Routing walrus" not in found(calm, "bob", "walrus")
    assert "Routing walrus" in found(calm, "alice", "walrus")
    calm.workspace.slash("bob", "prompts", "/prompts show p-walrus")
    calm.window("bob", "There is no prompt")
    calm.workspace.close_view("bob")
    assert BOX not in form(calm, "bob"), "what it learned is not offered to others"
    while calm.workspace.views("alice"):
        calm.workspace.close_view("alice")
    assert BOX not in form(calm, "alice"), "the thread of a run in #prompts is read by all"
    calm.workspace.close_view("alice")
    assert "everyone in the workspace" in shown(press(calm, "p-walrus", "Show to others…"))
    calm.workspace.submit("alice", {})
    assert "Routing walrus" in found(calm, "bob", "walrus")


def test_it_is_a_choice_below_the_result_too_and_others_are_refused(calm: Office):
    keep(calm, "below")
    blocks = review_bar("p-below", "r-below")
    sent = calm.bot.app.client.chat_postMessage(channel="C00PROMPTS1", text="The result", blocks=blocks)
    message = calm.find(lambda m: m["ts"] == sent["ts"])
    option = _option(message, "privacy")
    calm.workspace.click("bob", "prompts", sent["ts"], "review.more", selected_option=option)
    calm.window("bob", "or an admin can do that")
    calm.workspace.click("alice", "prompts", sent["ts"], "review.more", selected_option=option)
    calm.window("alice", "What I cannot take back")
    calm.workspace.submit("alice", {})
    settled(calm)
    assert stored(calm, "p-below").only_me
    assert calm.store.runs.get("r-below").only_me


def test_what_was_made_in_direct_messages_has_no_others(calm: Office):
    keep(calm, "dm", "@alice", "dm")
    calm.workspace.slash("alice", "prompts", "/prompts show p-dm")
    assert "prompt.privacy" not in json.dumps(calm.window("alice", "Use as a start"))


def test_a_run_is_not_told_what_was_made_private_after_its_form_was_opened(calm: Office):
    learn(calm, "late")
    assert BOX in form(calm)
    calm.store.privacy.set("r-late", only_me=True)
    filled = {"prompt": PROMPT, "examples": [("t.csv", TICKETS)], "lessons": ["learn"]}
    assert calm.workspace.submit("alice", filled) == {}
    run_id = run_id_of(calm.card())
    assert "this one starts without" in shown(calm.says("No earlier run learned anything"))
    calm.ended(run_id)
    assert told(calm, run_id) == []


def test_a_thread_names_no_run_that_was_made_private_before_it_was_told(calm: Office):
    lesson = learn(calm, "between")
    run, lessons = calm.store.runs.get("r-between"), calm.bot.desk.team_lessons
    given = (ToldLesson(lesson.run_id, lesson.text, lesson.gain),)
    assert "Routing between" in shown(list(lessons_told(lessons.told(run, given)).blocks))
    calm.store.privacy.set("r-between", only_me=True)
    hidden = shown(list(lessons_told(lessons.told(run, given)).blocks))
    assert "not for everybody here any more" in hidden
    assert lesson.text not in hidden
