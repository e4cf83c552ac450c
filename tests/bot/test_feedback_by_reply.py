"""Replies in a run's thread: they steer the next round, are acknowledged when used, and only from who may."""

from __future__ import annotations

from typing import Any

from tests.bot.office import UNDER_WAY, Office, run_id_of, shown

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
    viewer = office.bot.desk.members.viewer(office.workspace.user_id("alice"), "T0SANDBOX1")
    versions = office.store.prompts.versions(f"p-{first[2:]}", viewer)
    assert [record.run_id for record in versions] == [first, found[0].id]
    offers = [m for m in office.workspace.messages("prompts") if "Start another round" in shown(m)]
    assert offers == []


def test_a_reply_that_is_edited_stays_as_it_was_heard_and_its_author_is_told(office: Office):
    parent, run_id = running(office)
    ts = office.workspace.send("alice", "prompts", WISH, thread_ts=parent["ts"])
    office.workspace.wait(lambda: "eyes" in office.reactions(ts), 20, "eyes")
    office.workspace.edit("alice", "prompts", ts, "Something else")
    told = office.says("as it was at first")
    assert told["seen_only_by"] == office.workspace.user_id("alice")
    office.workspace.slash("alice", "prompts", f"/optimize stop {run_id}")
    office.ended(run_id)
    assert "Something else" not in str(taken(office, run_id))
