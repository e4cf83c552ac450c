"""Requests that wait in a thread: no casual word starts one, and none is in the way of a run there."""

from __future__ import annotations

from typing import Any

from tests.bot.office import PROMPT, TICKETS, Office, run_id_of, shown
from tests.bot.test_feedback_by_reply import WISH, running
from tests.bot.test_mentions import started

FILES = [("tickets.csv", TICKETS)]


def in_doubt(office: Office) -> tuple[str, dict[str, Any]]:
    """A request with two code blocks: its message, and the question that it brought."""
    ts = office.workspace.send(
        "alice", "prompts", f"@promptbeam optimize\n```{PROMPT}```\n```second block```", files=FILES
    )
    return ts, office.find(lambda m: m.get("thread_ts") == ts and "several code blocks" in shown(m))


def questions(office: Office, ts: str) -> list[dict[str, Any]]:
    """The questions that a thread shows."""
    return [m for m in office.workspace.messages("prompts", thread_ts=ts) if "Shall I improve" in shown(m)]


def test_words_are_no_yes_to_a_question_and_bring_it_again_below_them(shared_office: Office):
    office = shared_office
    before = len(started(office))
    ts, asked = in_doubt(office)
    words = "no wait, only the first block please, do not start yet"
    office.workspace.send("alice", "prompts", words, thread_ts=ts)
    again = office.find(lambda m: m["ts"] > asked["ts"] and "several code blocks" in shown(m))
    office.workspace.wait(lambda: [one["ts"] for one in questions(office, ts)] == [again["ts"]])
    assert len(started(office)) == before
    office.workspace.click("alice", "prompts", again["ts"], "draft.start")
    office.says("What I understood")
    assert len(started(office)) == before + 1
    assert "doubts" not in started(office)[0].request


def test_talk_among_people_in_a_waiting_thread_is_left_alone(shared_office: Office):
    office = shared_office
    before = len(started(office))
    ts, _ = in_doubt(office)
    said = office.workspace.send("alice", "prompts", "@bob is that the right table?", thread_ts=ts)
    last = office.workspace.send("alice", "prompts", "hm", thread_ts=ts)
    office.workspace.wait(lambda: "eyes" in office.reactions(last))
    assert office.reactions(said) == []
    assert len(started(office)) == before


def test_a_missing_piece_starts_nothing_while_something_else_is_in_doubt(shared_office: Office):
    office = shared_office
    before = len(started(office))
    ts = office.workspace.send(
        "alice", "prompts", f"@promptbeam optimize\n```{PROMPT}```\n```second block```"
    )
    office.find(lambda m: m.get("thread_ts") == ts and "several code blocks" in shown(m))
    office.workspace.send("alice", "prompts", "here", thread_ts=ts, files=FILES)
    office.find(lambda m: m.get("thread_ts") == ts and "Shall I improve" in shown(m))
    assert "several code blocks" in shown(questions(office, ts))
    office.workspace.send("alice", "prompts", f"rather ```{PROMPT}```", thread_ts=ts)
    office.find(lambda m: m.get("thread_ts") == ts and "I kept that one" in shown(m))
    office.workspace.send("alice", "prompts", "stop", thread_ts=ts)
    office.says("Nothing was started")
    assert len(started(office)) == before


def test_who_asks_where_nothing_can_be_posted_is_told_so_in_direct_messages(shared_office: Office):
    office = shared_office

    def rule(code: str) -> None:
        office.workspace.inspect(lambda w: setattr(w.state.channel("prompts"), "refuses", code))

    rule("restricted_action")
    ts = office.workspace.send("alice", "prompts", "@promptbeam optimize", files=FILES)
    office.workspace.wait(lambda: "eyes" in office.reactions(ts))
    told = shown(office.says("could not post what you asked for", channel="@alice"))
    rule("")
    assert "the channel does not let me post" in told


def test_thanks_for_a_result_start_no_run_with_the_file_that_came_before_them(office: Office):
    office.ask()
    final = office.says("held-out examples")
    office.ended(started(office)[0].id)
    office.workspace.send("alice", "prompts", "", thread_ts=final["thread_ts"], files=FILES)
    asked = office.says("I start from the prompt of this thread")
    office.workspace.send(
        "alice", "prompts", "thanks, I will look at it tomorrow", thread_ts=final["thread_ts"]
    )
    again = office.find(lambda m: m["ts"] > asked["ts"] and "I start from the prompt" in shown(m))
    assert len(started(office)) == 1
    office.workspace.click("alice", "prompts", again["ts"], "draft.start")
    office.workspace.wait(lambda: len(started(office)) == 2)


def test_words_and_stop_are_for_the_run_under_way_and_files_for_the_request_beside_it(office: Office):
    parent, run_id = running(office)
    office.workspace.send("alice", "prompts", f"@promptbeam optimize ```{PROMPT}```", thread_ts=parent["ts"])
    asked = office.says("Almost ready")
    ts = office.workspace.send("alice", "prompts", WISH, thread_ts=parent["ts"])
    office.workspace.wait(lambda: "eyes" in office.reactions(ts), 20, "eyes")
    kept = office.store.database.rows("SELECT run_id FROM run_commands WHERE kind = 'feedback'")
    assert kept == [(run_id,)]
    office.workspace.send("alice", "prompts", "here", thread_ts=parent["ts"], files=FILES)
    office.find(lambda m: m["ts"] == asked["ts"] and "Started as" in shown(m))
    second = next(run.id for run in started(office) if run.id != run_id)
    office.workspace.slash("alice", "prompts", f"/optimize stop {second}")
    office.ended(second)
    office.workspace.send("alice", "prompts", f"@promptbeam optimize ```{PROMPT}```", thread_ts=parent["ts"])
    office.says("Almost ready")
    office.workspace.send("alice", "prompts", "stop", thread_ts=parent["ts"])
    assert office.ended(run_id) == "cancelled"
    assert run_id_of(parent) == run_id
