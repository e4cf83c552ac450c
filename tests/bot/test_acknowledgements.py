"""Whatever Slack is slow at, the bot acknowledges in time, and answers forms without losing anything."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_bolt import BoltRequest

from bot.slack.counter import BUSY
from bot.slack.work_pool import PATIENCE_SECONDS, SlackIsSlow, WorkPool
from tests.bot.office import PROMPT, TICKETS, Office, shown
from tests.bot.slow_slack import post_result, quick_lookups, slow_lookups
from tests.bot.test_review import _option, keep


@pytest.fixture
def office(shared_office: Office):
    yield shared_office
    quick_lookups(shared_office)


def test_thirty_slow_lookups_keep_nobody_waiting_for_an_acknowledgement(office: Office):
    slow_lookups(office, 4.0, count=60)
    taken: list[float] = []

    def search() -> None:
        begun = time.monotonic()
        office.workspace.slash("alice", "prompts", "/prompts walrus")
        taken.append(time.monotonic() - begun)

    with ThreadPoolExecutor(30) as people:
        list(people.map(lambda _: search(), range(30)))
        begun = time.monotonic()
        office.workspace.slash("bob", "prompts", "/optimize")
        office.workspace.view("bob", 3.0)
        assert time.monotonic() - begun < 3.0
    assert len(taken) == 30
    assert max(taken) < 3.0


def test_a_form_that_takes_long_says_to_wait_and_then_what_came_of_it(office: Office):
    final = post_result(office, keep(office, "late"))
    office.workspace.click("alice", "prompts", final["ts"], "prompt.export")
    office.window("alice", "Send it to me")
    before = len(office.workspace.messages("@alice"))
    slow_lookups(office, PATIENCE_SECONDS + 0.7)
    begun = time.monotonic()
    assert office.workspace.submit("alice", {}) == {"response_action": "update"}
    assert time.monotonic() - begun < 3.0
    assert "One moment" in shown(office.workspace.view("alice"))
    office.window("alice", "Done")
    office.workspace.wait(lambda: len(office.workspace.messages("@alice")) == before + 1)


def test_a_refusal_that_comes_late_is_shown_in_the_form_window(office: Office):
    record = keep(office, "later")
    final = post_result(office, record)
    office.workspace.click(
        "alice", "prompts", final["ts"], "review.more", selected_option=_option(final, "share")
    )
    office.window("alice", "Everyone in the channel")
    slow_lookups(office, PATIENCE_SECONDS + 0.7)
    answer = office.workspace.submit("alice", {"post_to": office.workspace.channel_id("general")})
    assert answer == {"response_action": "update"}
    office.window("alice", "/invite")


def test_a_form_whose_channel_is_slow_to_look_up_stays_and_is_taken_the_second_time(office: Office):
    office.workspace.shortcut("alice", "optimize_global")
    office.window("alice", "Post the thread to")
    slow_lookups(office, PATIENCE_SECONDS + 1.0)
    filled = {
        "prompt": PROMPT,
        "examples": [("t.csv", TICKETS)],
        "post_to": office.workspace.channel_id("secret-lab"),
    }
    answer = office.workspace.submit("alice", filled)
    assert "Slack is slow" in answer["errors"]["post_to"]
    quick_lookups(office)
    assert office.store.database.rows("SELECT count(*) FROM runs WHERE status <> 'done'") == [(0,)]
    answers: list[dict] = []

    def again() -> bool:
        answers.append(office.workspace.submit("alice", filled))
        return answers[-1] == {}

    office.workspace.wait(again, 15)
    office.says("What I understood", channel="secret-lab")


def test_more_than_can_be_done_is_turned_away_where_it_comes_in(office: Office):
    app = office.bot.app
    pool = office.bot.pool
    held = threading.Event()
    pieces = [pool.do(lambda: held.wait(20)) for _ in range(pool._most_waiting)]
    try:
        command = app.dispatch(BoltRequest(mode="socket_mode", body=_command(office)))
        assert json.loads(command.body) == {"response_type": "ephemeral", "text": BUSY}
        event = {"type": "event_callback", "team_id": "T0SANDBOX1", "event": {"type": "app_mention"}}
        assert app.dispatch(BoltRequest(mode="socket_mode", body=event)).status == 503
    finally:
        held.set()
    for piece in pieces:
        piece.result(10)
    office.workspace.slash("alice", "prompts", "/optimize help")
    office.says("Improve a prompt with your own examples")


def _command(office: Office) -> dict[str, str]:
    user, channel = office.workspace.user_id("alice"), office.workspace.channel_id("prompts")
    return {
        "command": "/optimize",
        "team_id": "T0SANDBOX1",
        "user_id": user,
        "channel_id": channel,
        "text": "help",
        "trigger_id": f"7.{time.time_ns()}",
    }


def test_forms_that_wait_are_a_minority_and_the_others_are_told_at_once():
    pool = WorkPool(patience=5.0)
    held = threading.Event()
    slow = [pool.do(lambda: held.wait(20)) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        waiting = [threads.submit(pool.in_time, one) for one in slow]
        begun = time.monotonic()
        while sum(one.done() for one in waiting) < 2 and time.monotonic() - begun < 4.0:
            time.sleep(0.01)
        at_once = [one for one in waiting if one.done()]
        held.set()
        assert [one.result() for one in at_once] == [False, False]
        assert sum(one.result() for one in waiting) == 4
    pool.close()
    assert "nothing is lost" in SlackIsSlow().words
