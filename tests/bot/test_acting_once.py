"""What Slack delivers again, and what people press twice or at the same time, is done once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from sandbox.workspace.people import clicks
from storage.drafts import Draft
from storage.runs import RunRecord
from storage.visibility import Viewer
from tests.bot.office import PROMPT, TICKETS, Office, shown
from tests.bot.slow_slack import TEAM, deliver, form, payload_of, post_result
from tests.bot.test_review import keep

DELIVERIES = 100
PASTED = "text,label\nWhere is my parcel?,shipping"
_REQUEST = {"prompt_text": PROMPT, "pasted": TICKETS.decode()[:3_000]}


def runs(office: Office) -> list[RunRecord]:
    return office.store.runs.recent(Viewer("", "", everything=True), 1_000)


def many_times(act: Callable[[], Any], times: int) -> list[Any]:
    """Do the same thing several times at the same moment."""
    with ThreadPoolExecutor(8) as people:
        return [one.result() for one in [people.submit(act) for _ in range(times)]]


def click_at_once(office: Office, ts: str, *actions: str) -> None:
    """Press buttons of a message in #prompts while it shows them all: the first answer may take them away."""
    workspace, place = office.workspace.workspace, office.workspace.channel_id("prompts")
    alice = office.workspace.user_id("alice")
    blocks = office.workspace.inspect(lambda w: w.state.message(place, ts).blocks)

    async def all_of_them() -> None:
        presses = [
            clicks.click_in_message(
                workspace, alice, place, ts, clicks.block_with(blocks, action), action, {}
            )
            for action in actions
        ]
        await asyncio.gather(*presses)

    office.workspace.run(all_of_them())


def settled(office: Office) -> None:
    """Wait until the bot has nothing left to do."""
    office.workspace.wait(lambda: not office.bot.pool.under_way, 30, "the pool to fall silent")
    office.bot.desk.posters.of(TEAM).call("api.test", lambda client: None).result(10)


def count(office: Office, words: str, channel: str) -> int:
    return sum(words in shown(m) or words in str(m.get("files")) for m in office.workspace.messages(channel))


def to(office: Office, channel: str) -> dict[str, Any]:
    return {"post_to": {"value": {"selected_conversation": office.workspace.channel_id(channel)}}}


def test_forms_that_are_delivered_again_and_again_are_taken_once(shared_office: Office):
    office = shared_office
    office.workspace.invite_bot("general")
    keep(office, "once", text="words of once {ticket}")
    before = len(runs(office))
    forms = {
        "share.form": form(office, "alice", "share.form", "p-once", to(office, "general"), "V1"),
        "export": form(office, "alice", "prompt.export.form", "p-once", {}, "V2"),
        "changes": form(
            office, "alice", "review.changes.form", "p-once", {"wish": {"value": {"value": "shorter"}}}, "V3"
        ),
    }
    for payload in forms.values():
        many_times(partial(deliver, office, payload), DELIVERIES)
    settled(office)
    office.workspace.wait(lambda: count(office, "words of once", "general"))
    office.workspace.wait(lambda: count(office, "routing-once.markdown", "@alice"))
    settled(office)
    assert count(office, "words of once", "general") == 1
    assert count(office, "routing-once.markdown", "@alice") == 1
    assert len(runs(office)) == before + 1
    reviews = "SELECT count(*) FROM prompt_reviews WHERE kind = 'request_changes'"
    assert office.store.database.rows(reviews) == [(1,)]


def test_commands_that_are_delivered_again_and_again_are_obeyed_once(shared_office: Office):
    office = shared_office
    before = count(office, "prompts.csv", "@bob")
    office.workspace.slash("bob", "prompts", "/prompts export")
    office.redeliver("slash_commands", DELIVERIES)
    office.workspace.wait(lambda: count(office, "prompts.csv", "@bob") > before)
    settled(office)
    assert count(office, "prompts.csv", "@bob") == before + 1


def test_clicks_that_are_delivered_again_and_again_count_once(shared_office: Office):
    office = shared_office
    record = keep(office, "clicked")
    final = post_result(office, record)
    office.workspace.click("bob", "prompts", final["ts"], "review.vote", value=f"up {record.id}")
    office.redeliver("interactive", DELIVERIES)
    settled(office)
    votes = "SELECT count(*) FROM prompt_reviews WHERE kind = 'up'"
    assert office.store.database.rows(votes) == [(1,)]


def test_a_form_that_was_refused_can_be_sent_again(shared_office: Office):
    office = shared_office
    payload = form(office, "alice", "evolve.form", json.dumps([TEAM, "C0", ""]), {}, "V9")
    first, second = deliver(office, payload), deliver(office, payload)
    assert first["response_action"] == second["response_action"] == "errors"


def test_four_quick_decisions_are_one(shared_office: Office):
    office = shared_office
    record = keep(office, "decided")
    root = office.workspace.send("alice", "prompts", "a thread")
    office.store.database.connection().execute(
        "UPDATE runs SET thread_ts = ? WHERE id = ?", (root, record.run_id)
    )
    final = post_result(office, record)
    click_at_once(office, final["ts"], *["review.accept"] * 4)
    office.says("Accepted by")
    settled(office)
    assert len(office.workspace.messages("prompts", thread_ts=root)) == 2
    decided = "SELECT count(*) FROM prompt_reviews WHERE kind = 'accept'"
    assert office.store.database.rows(decided) == [(1,)]


def ask_first(office: Office, words: str = "second block") -> dict[str, Any]:
    """Post a request that the bot asks about, and return its question."""
    text = f"@promptbeam optimize\n```{PROMPT}```\n```{words}```"
    ts = office.workspace.send("alice", "prompts", text, files=[("tickets.csv", TICKETS)])
    question = office.find(lambda m: "several code blocks" in shown(m) and m["thread_ts"] == ts)

    def remembered() -> bool:
        sql = "SELECT 1 FROM drafts WHERE message_ts = ?"
        return bool(office.store.database.rows(sql, (question["ts"],)))

    office.workspace.wait(remembered)
    return question


def draft_of(office: Office, question: dict[str, Any]) -> tuple[str, str]:
    sql = "SELECT id, state FROM drafts WHERE message_ts = ?"
    found: tuple[str, str] = office.store.database.rows(sql, (question["ts"],))[0]
    return found


@pytest.mark.parametrize("attempt", range(3))
def test_of_start_and_cancel_at_once_one_wins_and_the_message_says_which(shared_office: Office, attempt: int):
    office = shared_office
    question = ask_first(office, f"block {attempt}")
    before = len(runs(office))
    click_at_once(office, question["ts"], "draft.start", "draft.cancel")
    settled(office)
    _, state = draft_of(office, question)
    words = {"started": "Started as", "cancelled": "Nothing was started"}[state]
    office.find(lambda m: m["ts"] == question["ts"] and words in shown(m))
    assert len(runs(office)) - before == (1 if state == "started" else 0)
    office.says("settled already")


def test_a_form_of_a_request_that_was_started_meanwhile_starts_nothing(shared_office: Office):
    office = shared_office
    question = ask_first(office)
    office.workspace.click("alice", "prompts", question["ts"], "draft.change")
    office.window("alice", "tickets.csv")
    before = len(runs(office))
    office.workspace.click("alice", "prompts", question["ts"], "draft.start")
    office.find(lambda m: m["ts"] == question["ts"] and "Started as" in shown(m))
    answer = office.workspace.submit("alice", {})
    assert "settled already" in str(answer["errors"])
    assert len(runs(office)) == before + 1


def test_a_start_that_fails_leaves_the_request_open(shared_office: Office):
    office = shared_office
    question = ask_first(office)
    name, _ = draft_of(office, question)
    office.workspace.inspect(lambda w: w.state.channel("prompts").members.discard(w.state.bot.id))
    office.bot.desk.members._channels.clear()
    try:
        office.workspace.click("alice", "prompts", question["ts"], "draft.start")
        settled(office)
        assert draft_of(office, question) == (name, "open")
    finally:
        office.workspace.invite_bot("prompts")
        office.bot.desk.members._channels.clear()


def test_of_another_round_and_just_save_at_once_one_happens(shared_office: Office):
    office = shared_office
    record = keep(office, "wished")
    alice = office.workspace.user_id("alice")
    place = office.workspace.channel_id("prompts")
    body = {"run": record.run_id, "text": "be shorter"}
    office.store.drafts.put(Draft("d-wished", "wish", alice, TEAM, place, "1700000000.000100", body))
    before = len(runs(office))

    def press(action: str) -> None:
        fields = {
            "trigger_id": f"1.{action}.wished",
            "container": {"type": "message", "message_ts": "1.1", "channel_id": place, "is_ephemeral": True},
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": "d-wished"}],
        }
        deliver(office, payload_of(office, "alice", "block_actions", **fields))

    with ThreadPoolExecutor(3) as people:
        list(people.map(press, ("wish.again", "wish.save", "wish.again")))
    settled(office)
    saved = office.store.database.rows("SELECT count(*) FROM prompt_reviews WHERE text LIKE '%be shorter%'")
    assert len(runs(office)) - before + saved[0][0] == 1


def test_the_message_of_a_request_is_noted_without_touching_what_became_of_it(shared_office: Office):
    table = shared_office.store.drafts
    draft = Draft("d-noted", "optimize", "U1", TEAM, "C1", "1.1", {})
    assert table.put(draft)
    assert table.settle(draft.id, "cancelled")
    table.shown_as(draft.id, "2.2")
    assert not table.put(draft)
    found = table.get(draft.id, TEAM)
    assert found is not None
    assert (found.state, found.message_ts) == ("cancelled", "2.2")
    assert table.put_anew(draft)
    assert not table.put_anew(draft)
