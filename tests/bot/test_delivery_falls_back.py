"""A thread that can no longer be written to goes on where its owner reads it; deliveries count once."""

from __future__ import annotations

import pytest

from storage.deliveries import KEPT_SECONDS, DeliveryTable
from storage.store import Store
from tests.bot.office import PROMPT, TICKETS, Office, run_id_of, shown
from tests.bot.test_feedback_by_reply import WISH, taken


def remove_bot(office: Office) -> None:
    bot = office.workspace.workspace.seed.bot_user_id
    office.workspace.inspect(lambda w: w.state.channel("prompts").members.discard(bot))


def archive(office: Office) -> None:
    office.workspace.inspect(lambda w: setattr(w.state.channel("prompts"), "is_archived", True))


def refuse_replies(office: Office) -> None:
    change_rule(office, "restricted_action_non_threadable_channel")


def refuse_in_words_of_tomorrow(office: Office) -> None:
    change_rule(office, "no_posting_on_thursdays")


def change_rule(office: Office, code: str) -> None:
    office.workspace.inspect(lambda w: setattr(w.state.channel("prompts"), "refuses", code))


def delete_the_thread(office: Office) -> None:
    card = office.find(lambda message: "Run r-" in shown(message))
    for reply in office.thread(card):
        office.workspace.delete("carol", "prompts", reply["ts"], as_admin=True)
    office.workspace.delete("carol", "prompts", card["ts"], as_admin=True)


LOSSES = [remove_bot, archive, refuse_replies, refuse_in_words_of_tomorrow, delete_the_thread]


@pytest.mark.parametrize("lose", LOSSES)
def test_the_rest_of_a_run_comes_to_its_owner_with_its_files(office: Office, lose):
    office.model.control(hold_after=0)
    office.ask()
    office.says("What I understood")
    run_id = run_id_of(office.find(lambda message: "Run r-" in shown(message)))
    lose(office)
    office.model.control(hold_after=-1)
    assert office.ended(run_id) == "done"
    office.says("can no longer write", channel="@alice")
    final = office.says("Request changes…", channel="@alice")
    replies = [m for m in office.workspace.messages("@alice") if m.get("thread_ts") == final["thread_ts"]]
    names = [file["name"] for reply in replies for file in reply.get("files", ())]
    assert {"prompt.txt", "report.json"} <= set(names)
    assert "scores.png" in names or lose is refuse_in_words_of_tomorrow
    office.find(lambda m: m["ts"] == final["thread_ts"] and "✅" in shown(m), "@alice", 15)
    assert sum("can no longer write" in shown(m) for m in office.workspace.messages("@alice")) == 1
    assert sum("Run r-" in shown(m) for m in office.workspace.messages("@alice")) == 1


def test_a_thread_that_moved_hears_replies_crosses_and_decisions(office: Office):
    office.model.control(latency_ms=200)
    office.ask()
    office.says("What I understood")
    run_id = run_id_of(office.find(lambda message: "Run r-" in shown(message)))
    office.bot.service.pause(run_id)
    archive(office)
    office.bot.service.resume(run_id)
    moved = office.says("can no longer write", channel="@alice")["thread_ts"]
    ts = office.workspace.send("alice", "@alice", WISH, thread_ts=moved)
    office.workspace.wait(lambda: "eyes" in office.reactions(ts, "@alice"), 20, "eyes")
    office.workspace.wait(lambda: taken(office, run_id), 60, "the feedback to be taken")
    office.workspace.wait(lambda: "white_check_mark" in office.reactions(ts, "@alice"), 20, "the mark")
    office.model.control(latency_ms=0)
    final = office.says("Request changes…", channel="@alice")
    office.ended(run_id)
    office.workspace.click("alice", "@alice", final["ts"], "review.accept")
    assert office.find(lambda m: m["text"].startswith("✅ Accepted"), "@alice")["thread_ts"] == moved
    office.model.control(latency_ms=200)
    office.workspace.click("alice", "@alice", final["ts"], "review.changes")
    assert office.workspace.submit("alice", {"wish": "shorter"}) == {"response_action": "clear"}
    second = office.find(lambda m: "Run r-" in shown(m) and run_id not in shown(m), "@alice")
    assert second["thread_ts"] == moved
    office.workspace.react("alice", "@alice", second["ts"], "x")
    assert office.ended(run_id_of(second)) == "cancelled"


def test_a_cross_on_the_first_message_of_a_thread_that_moved_stops_the_run(office: Office):
    office.model.control(latency_ms=200)
    office.ask()
    office.says("What I understood")
    run_id = run_id_of(office.find(lambda message: "Run r-" in shown(message)))
    archive(office)
    moved = office.says("can no longer write", channel="@alice")["thread_ts"]
    office.workspace.react("alice", "@alice", moved, "x")
    assert office.ended(run_id) == "cancelled"


@pytest.mark.parametrize("lose", [refuse_replies, delete_the_thread])
def test_the_failure_of_a_run_comes_to_its_owner_too(office: Office, lose):
    office.model.control(latency_ms=60)
    office.ask()
    office.says("What I understood")
    run_id = run_id_of(office.find(lambda message: "Run r-" in shown(message)))
    lose(office)
    office.model.control(require_key="another", latency_ms=0)
    assert office.ended(run_id) == "failed"
    office.says("Reference", channel="@alice")


def test_who_starts_a_run_where_nothing_can_be_posted_is_told_why_and_where_else(office: Office):
    office.open_form()
    change_rule(office, "restricted_action_thread_only_channel")
    office.workspace.submit("alice", {"prompt": PROMPT, "examples": [("tickets.csv", TICKETS)]})
    told = shown(office.says("takes nothing but replies", channel="@alice"))
    assert "in another channel" in told
    assert "/invite" not in told


def test_a_delivery_is_claimed_once_under_all_of_its_names_and_after_a_restart(tmp_path):
    now = [1_000_000.0]
    with Store(tmp_path) as store:
        table = DeliveryTable(store.database, clock=lambda: now[0])
        assert table.first("event/1", "message/C1/1")
        assert not table.first("event/2", "message/C1/1")
        assert not table.first("event/1")
    with Store(tmp_path) as store:
        table = DeliveryTable(store.database, clock=lambda: now[0])
        assert not table.first("event/2")
        now[0] += KEPT_SECONDS + 1
        for number in range(500):
            table.first(f"event/new{number}")
        assert len(store.database.rows("SELECT name FROM deliveries")) <= 500
        assert table.first("event/1")


def test_a_thousand_duplicated_and_reordered_deliveries_make_one_run_and_post_nothing_twice(office: Office):
    import asyncio
    import random

    ts = office.workspace.send(
        "alice", "prompts", f"@promptbeam optimize ```{PROMPT}```", files=[("tickets.csv", TICKETS)]
    )
    office.says("What I understood")
    seen = [one["payload"] for one in office.workspace.deliveries() if one["kind"] == "events_api"]
    said = [one for one in seen if one["event"].get("ts") == ts]
    assert {one["event"]["type"] for one in said} == {"message", "app_mention"}
    again = [random.Random(7).choice(said) for _ in range(1_000)]
    carrier = office.workspace.workspace.gateway._carrier

    async def flood() -> None:
        for start in range(0, 1_000, 50):
            await asyncio.gather(
                *(carrier.carry("events_api", one, None) for one in again[start : start + 50])
            )

    office.workspace.run(flood())
    runs = office.store.runs.in_thread("T0SANDBOX1", office.workspace.channel_id("prompts"), ts)
    assert len(runs) == 1
    office.ended(runs[0].id)
    replies = [m["text"] for m in office.workspace.messages("prompts", thread_ts=ts)[1:] if m["text"]]
    assert len(replies) == len(set(replies))
