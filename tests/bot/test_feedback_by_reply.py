"""Replies in a run's thread: they steer the next round, are acknowledged when used, and only from who may."""

from __future__ import annotations

import time
from typing import Any

from tests.bot.office import PROMPT, TICKETS, UNDER_WAY, Office, run_id_of, shown

WISH = "Tickets about refunds always belong to billing"


def running(office: Office, user: str = "alice") -> tuple[dict[str, Any], str]:
    """Start a run and wait until it makes calls; it stays in its first round until answers are let go."""
    office.model.control(hold_after=UNDER_WAY)
    office.ask(user)
    office.says("What I understood")
    parent = office.find(lambda message: "Optimising" in shown(message) and "r-" in shown(message))
    return parent, run_id_of(parent)


def taken(office: Office, run_id: str) -> list[Any]:
    """The feedback that the run's rounds have taken."""
    return [event for event in office.store.runs.events(run_id) if event.kind == "feedback_taken"]


def test_a_reply_becomes_a_reason_of_the_next_round_and_is_marked_when_it_is_used(office: Office):
    parent, run_id = running(office)
    ts = office.workspace.send("alice", "prompts", WISH, thread_ts=parent["ts"])
    office.workspace.wait(lambda: "eyes" in office.reactions(ts), 20, "eyes")
    office.model.control(hold_after=-1)
    office.workspace.wait(lambda: taken(office, run_id), 60, "the feedback to be taken")
    office.workspace.wait(lambda: "white_check_mark" in office.reactions(ts), 20, "the mark")
    assert [(event.text, event.author) for event in taken(office, run_id)] == [
        (WISH, office.workspace.user_id("alice"))
    ]
    assert WISH in shown(office.says("Used from"))
    office.workspace.slash("alice", "prompts", f"/optimize stop {run_id}")
    office.ended(run_id)


def test_a_reply_that_is_delivered_twice_counts_once_and_mentions_are_no_second_reply(office: Office):
    parent, run_id = running(office)
    office.workspace.duplicate_next(3)
    ts = office.workspace.send("alice", "prompts", f"@promptbeam {WISH}", thread_ts=parent["ts"])
    office.workspace.wait(lambda: "eyes" in office.reactions(ts), 20, "eyes")
    office.model.control(hold_after=-1)
    office.workspace.wait(lambda: taken(office, run_id), 60, "the feedback to be taken")
    office.workspace.slash("alice", "prompts", f"/optimize stop {run_id}")
    office.ended(run_id)
    assert [event.text for event in taken(office, run_id)] == [WISH]


def test_a_question_to_the_bot_and_talk_among_people_are_no_feedback(office: Office):
    parent, run_id = running(office)
    office.workspace.send("alice", "prompts", "@promptbeam status", thread_ts=parent["ts"])
    assert office.says("Your runs")["seen_only_by"] == office.workspace.user_id("alice")
    office.workspace.send("alice", "prompts", "@bob what do you think?", thread_ts=parent["ts"])
    office.workspace.slash("alice", "prompts", f"/optimize stop {run_id}")
    office.ended(run_id)
    assert not office.store.database.rows("SELECT 1 FROM run_commands WHERE kind = 'feedback'")


def test_the_words_of_others_change_nothing_and_they_are_told_so_once_and_alone(office: Office):
    parent, run_id = running(office)
    for _ in range(2):
        office.workspace.send("bob", "prompts", "Ignore the tickets", thread_ts=parent["ts"])
    office.says("can steer it")
    office.workspace.slash("alice", "prompts", f"/optimize stop {run_id}")
    office.ended(run_id)
    told = [m for m in office.workspace.messages("prompts") if "can steer it" in shown(m)]
    assert [m["seen_only_by"] for m in told] == [office.workspace.user_id("bob")]
    assert taken(office, run_id) == []


def test_stop_as_a_reply_and_the_cross_stop_a_run_but_only_from_its_owner(office: Office):
    parent, run_id = running(office)
    office.workspace.react("bob", "prompts", parent["ts"], "x")
    office.workspace.send("bob", "prompts", "stop", thread_ts=parent["ts"])
    office.says("can steer it")
    assert office.store.runs.get(run_id).status == "running"
    office.workspace.react("alice", "prompts", parent["ts"], "x")
    assert office.ended(run_id) == "cancelled"
    office = office.from_now()
    parent, run_id = running(office)
    office.workspace.send("alice", "prompts", "Stop!", thread_ts=parent["ts"])
    assert office.ended(run_id) == "cancelled"


def test_a_cross_on_a_reply_or_on_what_asked_for_the_run_does_not_stop_it(office: Office):
    office.model.control(hold_after=UNDER_WAY)
    asked = office.workspace.send(
        "alice", "prompts", f"@promptbeam optimize ```{PROMPT}```", files=[("tickets.csv", TICKETS)]
    )
    reply = office.says("What I understood")
    card = office.find(lambda message: "Optimising" in shown(message) and "r-" in shown(message))
    for ts in (asked, reply["ts"]):
        office.workspace.react("alice", "prompts", ts, "x")
    last = office.workspace.send("alice", "prompts", WISH, thread_ts=asked)
    office.workspace.wait(lambda: "eyes" in office.reactions(last), 20, "eyes")
    assert not office.store.database.rows("SELECT 1 FROM run_commands WHERE kind = 'stop'")
    office.workspace.react("alice", "prompts", card["ts"], "x")
    assert office.ended(run_id_of(card)) == "cancelled"


def test_a_reply_after_the_end_starts_another_round_in_the_same_thread(office: Office):
    office.ask()
    final = office.says("held-out examples")
    parent = next(m for m in office.workspace.messages("prompts") if m["ts"] == final["thread_ts"])
    first = run_id_of(parent)
    office.ended(first)
    office.workspace.send("alice", "prompts", WISH, thread_ts=parent["ts"])
    offer = office.says("Shall I go on")
    assert offer["thread_ts"] == parent["ts"]
    office.workspace.click("alice", "prompts", offer["ts"], "wish.again")
    office.says("Another round starts")
    found = office.workspace.wait(
        lambda: [
            run
            for run in office.store.runs.in_thread("T0SANDBOX1", parent["channel"], parent["ts"])
            if run.id != first
        ]
    )
    assert office.ended(found[0].id) == "done"
    assert [event.text for event in taken(office, found[0].id)] == [WISH]
    looks = [
        event.look
        for run_id in (first, found[0].id)
        for event in office.store.runs.events(run_id)
        if event.kind == "holdout_tested"
    ]
    assert looks == [1, 2]
    office.says("test number 2 on the same held-out rows")
    viewer = office.bot.desk.members.viewer(office.workspace.user_id("alice"), "T0SANDBOX1")
    versions = office.store.prompts.versions(f"p-{first[2:]}", viewer)
    assert [record.run_id for record in versions] == [first, found[0].id]
    offers = [m for m in office.workspace.messages("prompts") if "Start another round" in shown(m)]
    assert offers == []


OTHER = "Tickets about invoices always belong to billing"


def waiting(office: Office) -> tuple[dict[str, Any], str, str]:
    """A run that is held before its next round, with a reply that waits for it."""
    parent, run_id = running(office)
    office.bot.service.pause(run_id)
    ts = office.workspace.send("alice", "prompts", WISH, thread_ts=parent["ts"])
    office.workspace.wait(lambda: "eyes" in office.reactions(ts), 20, "eyes")
    return parent, run_id, ts


def go_on(office: Office, run_id: str) -> None:
    """Let a held run go on to its end."""
    office.model.control(hold_after=-1)
    office.bot.service.resume(run_id)
    office.ended(run_id)


def test_a_reply_that_is_edited_before_a_round_takes_it_counts_as_it_is_then(office: Office):
    _, run_id, ts = waiting(office)
    office.workspace.edit("alice", "prompts", ts, OTHER)
    office.workspace.wait(lambda: "pencil2" in office.reactions(ts), 20, "the pencil")
    go_on(office, run_id)
    assert [event.text for event in taken(office, run_id)] == [OTHER]
    office.workspace.wait(lambda: "white_check_mark" in office.reactions(ts), 20, "the mark")


def test_edits_that_come_late_twice_and_in_disorder_leave_the_newest_words(office: Office):
    _, run_id, ts = waiting(office)
    for text in ("first change", OTHER):
        office.workspace.edit("alice", "prompts", ts, text)
    office.workspace.wait(lambda: "pencil2" in office.reactions(ts), 20, "the pencil")

    def first_change() -> dict[str, Any] | None:
        """The delivery of the first edit; on a busy machine it may come after the second one."""
        payloads = [one["payload"] for one in office.workspace.deliveries()]
        texts = [one.get("event", {}).get("message", {}).get("text") for one in payloads]
        return payloads[texts.index("first change")] if {"first change", OTHER} <= set(texts) else None

    older = office.workspace.wait(first_change, 20, "both edits")
    again = {**older, "event_id": "Ev0AGAIN"}
    office.workspace.run(office.workspace.workspace.gateway.ask("events_api", again))
    office.redeliver("events_api")
    go_on(office, run_id)
    assert [event.text for event in taken(office, run_id)] == [OTHER]


def test_a_reply_that_is_deleted_before_a_round_takes_it_is_withdrawn(office: Office):
    _, run_id, ts = waiting(office)
    office.workspace.delete("alice", "prompts", ts)
    office.workspace.wait(
        lambda: not office.store.database.rows("SELECT 1 FROM run_commands WHERE kind = 'feedback'"),
        20,
        "the withdrawal",
    )
    go_on(office, run_id)
    assert taken(office, run_id) == []


def test_who_changes_a_reply_after_a_round_took_it_is_told_so_once_and_alone(office: Office):
    parent, run_id = running(office)
    ts = office.workspace.send("alice", "prompts", WISH, thread_ts=parent["ts"])
    office.workspace.wait(lambda: "eyes" in office.reactions(ts), 20, "eyes")
    office.model.control(hold_after=250)
    office.workspace.wait(lambda: taken(office, run_id), 60, "the feedback to be taken")
    for text in ("Something else", "And again"):
        office.workspace.edit("alice", "prompts", ts, text)
    office.says("before you changed it")
    office.workspace.delete("alice", "prompts", ts)
    office.workspace.slash("alice", "prompts", f"/optimize stop {run_id}")
    office.ended(run_id)
    told = [m for m in office.workspace.messages("prompts") if "before you" in shown(m)]
    assert [m["seen_only_by"] for m in told] == [office.workspace.user_id("alice")]
    assert [event.text for event in taken(office, run_id)] == [WISH]


def test_a_reply_that_is_changed_to_stop_stops_the_run_and_is_no_feedback(office: Office):
    _, run_id, ts = waiting(office)
    office.workspace.edit("alice", "prompts", ts, "stop")
    assert office.ended(run_id) == "cancelled"
    assert taken(office, run_id) == []


def test_a_reply_that_is_changed_into_a_secret_keeps_its_first_words(office: Office):
    _, run_id, ts = waiting(office)
    office.workspace.edit("alice", "prompts", ts, "use sk-proj-abcdefghijklmnopqrstuvwxyz0123456789")
    assert office.says("keeps what you said first")["seen_only_by"] == office.workspace.user_id("alice")
    go_on(office, run_id)
    assert [event.text for event in taken(office, run_id)] == [WISH]


def test_a_change_that_comes_before_the_reply_itself_is_heard_in_its_place(office: Office):
    parent, run_id = running(office)
    office.bot.service.pause(run_id)
    ts = f"{time.time():.6f}"
    alice = office.workspace.user_id("alice")
    reply = {"type": "message", "user": alice, "ts": ts, "thread_ts": parent["ts"]}
    changed = reply | {"text": OTHER, "edited": {"user": alice, "ts": f"{float(ts) + 1:.6f}"}}
    base = {"type": "message", "channel": parent["channel"], "channel_type": "channel"}
    gone = reply | {"ts": f"{float(ts) + 2:.6f}", "text": "never mind"}
    for event in (
        base | {"subtype": "message_changed", "message": changed, "event_ts": ts},
        base | {"subtype": "message_deleted", "previous_message": gone, "event_ts": gone["ts"]},
        base | reply | {"text": WISH, "event_ts": ts},
        base | gone,
    ):
        payload = office.workspace.inspect(lambda w, event=event: w.gateway._wrap(event))
        office.workspace.run(office.workspace.workspace.gateway.ask("events_api", payload))
    go_on(office, run_id)
    assert [event.text for event in taken(office, run_id)] == [OTHER]


def test_an_offer_of_another_round_follows_its_reply_until_it_is_decided(office: Office):
    office.ask()
    final = office.says("held-out examples")
    parent = next(m for m in office.workspace.messages("prompts") if m["ts"] == final["thread_ts"])
    office.ended(run_id_of(parent))
    ts = office.workspace.send("alice", "prompts", WISH, thread_ts=parent["ts"])
    offer = office.says("Shall I go on")
    assert WISH in shown(offer)
    office.workspace.edit("alice", "prompts", ts, OTHER)
    office.find(lambda message: message["ts"] == offer["ts"] and OTHER in shown(message))
    office.workspace.delete("alice", "prompts", ts)
    taken_back = office.says("Taken back")
    assert taken_back["ts"] == offer["ts"]
