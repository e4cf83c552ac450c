"""Mentions and direct messages with files: one question when something is unclear, none when all is clear."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.office import PROMPT, TICKETS, Office, shown

FILES = [("tickets.csv", TICKETS)]


def started(office: Office) -> list[Any]:
    """All runs so far."""
    from storage.visibility import Viewer

    return office.store.runs.recent(Viewer("", "", everything=True))


def test_a_clear_mention_starts_at_once_and_stays_in_its_thread(office: Office):
    ts = office.workspace.send("alice", "prompts", f"@promptbeam optimize\n```{PROMPT}```", files=FILES)
    parent = office.card()
    assert parent["thread_ts"] == ts
    final = office.says("held-out examples")
    assert final["thread_ts"] == ts
    runs = started(office)
    assert len(runs) == 1
    assert runs[0].request["prompt_text"].strip() == PROMPT.strip()
    assert office.ended(runs[0].id) == "done"
    assert [call for call in office.workspace.calls() if call.get("error")] == []


def test_an_event_without_its_files_is_read_again(office: Office):
    office.workspace.inspect(lambda w: setattr(w.event_rules, "mention_without_files", True))
    office.workspace.send("alice", "prompts", f"@promptbeam optimize ```{PROMPT}```", files=FILES)
    office.says("What I understood")
    assert len(started(office)) == 1


def test_files_that_come_by_their_ids_alone_are_looked_up(office: Office):
    office.workspace.inspect(lambda w: setattr(w.event_rules, "files_by_id", True))
    ts = office.workspace.send("alice", "prompts", f"@promptbeam optimize ```{PROMPT}```", files=FILES)
    office.says("What I understood")
    assert [ref["name"] for ref in started(office)[0].request["example_files"]] == ["tickets.csv"]
    assert office.ended(started(office)[0].id) == "done"
    office.workspace.send("alice", "prompts", "", thread_ts=ts, files=[("more.csv", TICKETS)])
    assert "more.csv" in shown(office.says("I start from the prompt of this thread"))


def test_a_file_that_slack_does_not_show_is_no_silence(office: Office):
    office.workspace.inspect(lambda w: setattr(w.event_rules, "files_by_id", True))
    office.workspace.fail_next("files.info", error="file_not_found", count=9)
    office.workspace.send("alice", "prompts", f"@promptbeam optimize ```{PROMPT}```", files=FILES)
    office.says("a file that Slack does not show me")


def test_the_missing_examples_are_taken_from_the_next_file_in_the_thread(shared_office: Office):
    office = shared_office
    before = len(started(office))
    ts = office.workspace.send("alice", "prompts", f"@promptbeam optimize ```{PROMPT}```")
    asked = office.says("Almost ready")
    assert asked["thread_ts"] == ts
    assert "at least 20 rows" in shown(asked)
    office.workspace.send("bob", "prompts", "", thread_ts=ts, files=[("other.csv", b"a,b\n1,2\n")])
    office.workspace.send("alice", "prompts", "here", thread_ts=ts, files=FILES)
    office.says("What I understood")
    office.says("Started as")
    assert len(started(office)) == before + 1
    assert [ref["name"] for ref in started(office)[0].request["example_files"]] == ["tickets.csv"]
    assert started(office)[0].request["prompt_text"].strip() == PROMPT.strip()


def test_the_missing_prompt_is_taken_from_the_thread_too(shared_office: Office):
    office = shared_office
    ts = office.workspace.send("alice", "prompts", "@promptbeam optimize", files=FILES)
    office.says("Post the prompt here")
    office.workspace.send("alice", "prompts", "", thread_ts=ts, files=[("prompt.txt", PROMPT.encode())])
    office.says("What I understood")
    assert started(office)[0].request["prompt_file"]["name"] == "prompt.txt"


def test_what_may_be_no_prompt_is_asked_about_and_only_its_author_answers(shared_office: Office):
    office = shared_office
    before = len(started(office))
    office.workspace.send("alice", "prompts", "@promptbeam can you look at this?", files=FILES)
    asked = office.says("Is that right?")
    office.workspace.click("bob", "prompts", asked["ts"], "draft.start")
    refusal = office.says("or an admin can do that")
    assert refusal["seen_only_by"] == office.workspace.user_id("bob")
    assert len(started(office)) == before
    office.workspace.click("alice", "prompts", asked["ts"], "draft.cancel")
    office.says("Nothing was started")
    assert len(started(office)) == before


def test_the_form_opens_with_what_was_posted(shared_office: Office):
    office = shared_office
    office.workspace.send("alice", "prompts", "@promptbeam Which team?\nTicket: {ticket}", files=FILES)
    asked = office.says("Is that right?")
    office.workspace.click("alice", "prompts", asked["ts"], "draft.change")
    view = office.window("alice")
    assert "tickets.csv" in shown(view)
    assert office.workspace.submit("alice", {"prompt": PROMPT}) == {}
    office.says("Started as")
    run = started(office)[0]
    assert run.request["example_files"][0]["name"] == "tickets.csv"
    assert run.place.thread_ts == asked["thread_ts"]


@pytest.mark.parametrize("text", ["hello", "help", "what can you do?"])
def test_small_talk_in_direct_messages_gets_the_help(shared_office: Office, text: str):
    office = shared_office
    stamps = [m["ts"] for m in office.workspace.messages("@carol")]
    office.workspace.send("carol", "@carol", text)

    def answered() -> list[Any]:
        return [
            m
            for m in office.workspace.messages("@carol")
            if m["ts"] not in stamps and "Improve a prompt with your own examples" in shown(m)
        ]

    office.workspace.wait(answered)


def test_a_direct_message_with_files_becomes_a_run_there(shared_office: Office):
    office = shared_office
    office.workspace.send("bob", "@bob", f"```{PROMPT}```", files=FILES)
    office.says("What I understood", channel="@bob")
    run = started(office)[0]
    assert (run.owner, run.place.kind) == (office.workspace.user_id("bob"), "dm")


def test_duplicated_events_make_no_second_run(office: Office):
    office.workspace.duplicate_next(6)
    office.workspace.send("alice", "prompts", f"@promptbeam optimize ```{PROMPT}```", files=FILES)
    office.says("What I understood")
    office.ended(started(office)[0].id)
    assert len(started(office)) == 1


def test_a_secret_in_a_posted_prompt_is_refused_and_not_kept(shared_office: Office):
    office = shared_office
    before = len(started(office))
    secret = "sk-" + "a1B2c3D4" * 6
    office.workspace.send("alice", "prompts", f"@promptbeam optimize ```Use {secret} for {{ticket}}```")
    told = office.says("looks like a secret")
    assert told["seen_only_by"] == office.workspace.user_id("alice")
    assert secret not in shown(told)
    assert len(started(office)) == before
    assert not office.store.database.rows("SELECT 1 FROM drafts WHERE body LIKE ?", (f"%{secret}%",))
