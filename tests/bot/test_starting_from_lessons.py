"""A run starts from what earlier ones learned when its owner ticks the box, and is told no more than its readers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from storage.lessons import Lesson
from tests.bot.office import PROMPT, TICKETS, Office, run_id_of, shown
from tests.bot.test_acting_once import settled
from tests.bot.test_review import keep

BOX = "Start from what earlier runs learned"
WORDS = "Refunds belong to billing, said"
TICKED = ["learn"]


def learn(
    office: Office, name: str, channel: str = "prompts", kind: str = "public", **changes: Any
) -> Lesson:
    """Put a past run, its prompt and what it learned into the store."""
    record = keep(office, name, channel, kind, **changes)
    office.store.runs.set_thread(record.run_id, office.workspace.send("alice", channel, f"the run {name}"))
    lesson = Lesson(
        f"{record.run_id}/1", record.run_id, 1, f"{WORDS} {name}.", PROMPT, "label", 0.25,
        record.owner, replace(record.place, thread_ts=""), record.only_me, 1.7e9,
    )  # fmt: skip
    assert office.store.lessons.add(lesson)
    return lesson


def form(office: Office, user: str = "alice", channel: str = "prompts", text: str = "") -> str:
    """What the form shows when everything was looked up."""
    office.open_form(user, channel, text)
    settled(office)
    return shown(office.workspace.view(user))


def ask(office: Office, user: str = "alice", channel: str = "prompts", **values: Any) -> str:
    """Tick the box, start, and return the run's id."""
    fresh = office.from_now()
    assert BOX in form(office, user, channel)
    filled = {"prompt": PROMPT, "examples": [("tickets.csv", TICKETS)], "lessons": TICKED, **values}
    assert office.workspace.submit(user, filled) == {}
    return run_id_of(fresh.card(channel))


def told(office: Office, run_id: str) -> list[str] | None:
    """The runs whose lessons a run was told; None when nobody looked."""
    lessons = office.store.runs.get(run_id).request["lessons"]
    return None if lessons is None else [one["run"] for one in lessons]


@pytest.fixture
def calm(shared_office: Office) -> Office:
    """The shared office, in which nobody has learned anything yet."""
    shared_office.store.database.connection().execute("DELETE FROM lesson_vectors")
    shared_office.store.database.connection().execute("DELETE FROM lessons")
    return shared_office


def test_the_box_stands_in_the_form_only_where_everybody_may_see_a_lesson(calm: Office):
    assert BOX not in form(calm)
    calm.workspace.close_view("alice")
    learn(calm, "inlab", "secret-lab", "private")
    learn(calm, "mine", only_me=True)
    assert BOX not in form(calm), "alice may see both, the readers of #prompts may not"
    calm.workspace.close_view("alice")
    inside = form(calm, channel="secret-lab")
    assert f"{BOX} (1)" in inside
    assert "*Routing inlab* · +25 points · <@U000ALICE01>" in inside
    assert "Routing mine" not in inside
    calm.workspace.close_view("alice")
    assert BOX not in form(calm, "carol")


def test_with_a_prompt_the_box_is_about_tasks_like_it_and_without_one_about_all(calm: Office):
    for number in range(5):
        learn(calm, f"many{number}")
    every = form(calm)
    assert f"{BOX} (5)" in every
    assert "… and 2 more" in every
    calm.workspace.close_view("alice")
    assert f"{BOX} (3)" in form(calm, text="Route the support ticket to the right team: {ticket}")
    calm.workspace.close_view("alice")
    assert BOX not in form(calm, text="Write a haiku on the rain of the late autumn")


def test_a_run_is_told_what_was_ticked_says_so_in_its_thread_and_keeps_it(calm: Office):
    learn(calm, "teacher")
    run_id = ask(calm)
    reply = calm.says("starts from what earlier ones learned")
    assert f"{WORDS} teacher." in shown(reply)
    assert "*Routing teacher* · +25 points" in shown(reply)
    assert "open the thread" in shown(reply)
    assert not reply["seen_only_by"]
    assert calm.ended(run_id) == "done"
    assert told(calm, run_id) == ["r-teacher"]
    assert f"{WORDS} teacher." in str(calm.store.runs.events(run_id)), "the first round takes it as a reason"
    again = calm.from_now()
    calm.ask()
    cold = run_id_of(again.card())
    assert calm.ended(cold) == "done"
    assert told(calm, cold) is None
    assert f"{WORDS} teacher." not in str(calm.store.runs.events(cold))


def test_where_nothing_fits_the_run_says_that_it_starts_without(calm: Office):
    learn(calm, "other")
    calm.store.database.connection().execute("UPDATE lessons SET about = 'Haiku on autumn rain'")
    run_id = ask(calm)
    assert "this one starts without" in shown(calm.says("No earlier run learned anything"))
    calm.ended(run_id)
    assert told(calm, run_id) == []


def test_run_again_offers_the_box_as_it_was_and_looks_anew(calm: Office):
    learn(calm, "old")
    run_id = ask(calm)
    final = calm.says("Request changes…")
    calm.ended(run_id)
    option = next(
        one for block in final["blocks"] for element in block.get("elements") or ()
        for one in element.get("options") or () if one["value"].startswith("again")
    )  # fmt: skip
    calm.workspace.click("alice", "prompts", final["ts"], "review.more", selected_option=option)
    calm.window("alice", BOX)
    learn(calm, "newer")
    fresh = calm.from_now()
    assert calm.workspace.submit("alice", {"examples": [("new.csv", TICKETS)]}) == {}
    again = run_id_of(fresh.card())
    calm.ended(again)
    assert set(told(calm, again) or ()) >= {"r-old", "r-newer"}
    assert run_id not in (told(calm, again) or ())


def test_a_lesson_that_looks_like_a_secret_is_left_out(calm: Office):
    lesson = learn(calm, "leaky")
    calm.store.database.connection().execute(
        "UPDATE lessons SET text = ?", ("Call it with sk-" + "a1b2c3d4e5" * 3,)
    )
    run_id = ask(calm)
    assert calm.ended(run_id) == "done"
    assert told(calm, run_id) == []
    assert lesson.run_id not in str(calm.store.runs.get(run_id).request)


def test_a_run_that_is_tried_again_is_told_the_same(calm: Office):
    learn(calm, "before")
    calm.model.control(error_rate=1.0)
    try:
        run_id = ask(calm)
        calm.says("Try again")
        assert calm.ended(run_id) == "failed"
    finally:
        calm.model.control(error_rate=0.0)
    learn(calm, "meanwhile")
    parent = calm.card()
    button = next(m for m in calm.thread(parent) if "opt.retry" in str(m["blocks"]))
    calm.workspace.click("alice", "prompts", button["ts"], "opt.retry")
    calm.workspace.wait(lambda: calm.store.runs.get(run_id).status == "done", 60, "the end")
    assert told(calm, run_id) == ["r-before"]
