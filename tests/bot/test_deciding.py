"""Accepting and rejecting where Slack or time has taken something away."""

from __future__ import annotations

from tests.bot.office import Office, shown
from tests.bot.slow_slack import post_result
from tests.bot.test_acting_once import settled
from tests.bot.test_review import keep, stored


def test_a_decision_is_told_where_messages_can_no_longer_be_edited(shared_office: Office):
    office = shared_office
    record = keep(office, "fixed")
    root = office.workspace.send("alice", "prompts", "a thread")
    office.store.runs.set_thread(record.run_id, root)
    final = post_result(office, record)
    office.workspace.fail_next("chat.update", error="edit_window_closed")
    office.workspace.click("alice", "prompts", final["ts"], "review.accept")
    assert office.says("Accepted by")["thread_ts"] == root
    settled(office)
    assert stored(office, record.id).status == "accepted"
    assert not [m for m in office.workspace.messages("prompts") if "❌" in shown(m)]


def test_a_prompt_that_outlived_its_run_is_rejected_without_a_word_of_error(shared_office: Office):
    office = shared_office
    record = keep(office, "old")
    final = post_result(office, record)
    office.workspace.click("alice", "prompts", final["ts"], "review.accept")
    office.workspace.wait(lambda: stored(office, record.id).status == "accepted")
    settled(office)
    office.store.eraser.older_than(1)
    assert not office.store.database.rows("SELECT 1 FROM runs WHERE id = ?", (record.run_id,))
    office.workspace.click("alice", "prompts", final["ts"], "review.reject")
    office.workspace.wait(lambda: stored(office, record.id).status == "rejected")
    settled(office)
    office.find(lambda m: m["ts"] == final["ts"] and "Rejected by" in shown(m))
    assert not [m for m in office.workspace.messages("prompts") if "❌" in shown(m)]
