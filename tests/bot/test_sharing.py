"""Sharing a prompt: whoever asks its owner hears what came of it, and readers get the whole of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.office import Office, shown
from tests.bot.slow_slack import deliver, form, quick_lookups
from tests.bot.test_acting_once import settled, to
from tests.bot.test_review import keep


@pytest.fixture
def office(shared_office: Office):
    yield shared_office
    quick_lookups(shared_office)


def ask(office: Office, user: str, prompt: str, view_id: str, channel: str = "prompts") -> str:
    """Ask for a prompt to be shared, and return what the window says."""
    payload = form(office, user, "share.form", prompt, to(office, channel), view_id)
    return shown(deliver(office, payload).get("view"))


def question(office: Office, title: str) -> dict[str, Any]:
    return office.find(
        lambda m: title in shown(m) and "would like to share" in shown(m) and "Share it" in shown(m), "@alice"
    )


@pytest.mark.parametrize(
    ("answer", "words"), [("share.yes", "said yes"), ("share.no", "would rather not share")]
)
def test_whoever_asks_is_told_that_the_owner_was_asked_and_what_they_said(
    office: Office, answer: str, words: str
):
    name = answer.replace(".", "")
    keep(office, name)
    assert "I have asked" in ask(office, "bob", f"p-{name}", f"V{name}")
    assert "asked <@U000ALICE01> already" in ask(office, "bob", f"p-{name}", f"W{name}")
    asked = question(office, f"Routing {name}")
    office.workspace.click("alice", "@alice", asked["ts"], answer)
    office.find(lambda m: words in shown(m) and f"Routing {name}" in shown(m), "@bob")
    settled(office)
    posted = any(f"words of {name}" in shown(m) for m in office.workspace.messages("prompts"))
    assert posted == (answer == "share.yes")
    assert "I have asked" in ask(office, "bob", f"p-{name}", f"X{name}")


def test_an_owner_who_cannot_be_reached_is_told_to_whoever_asked(office: Office):
    keep(office, "gone")
    office.workspace.fail_next("chat.postMessage", error="account_inactive")
    ask(office, "bob", "p-gone", "V20")
    office.says("I cannot reach", channel="@bob")
    assert office.store.database.rows("SELECT state FROM drafts WHERE body LIKE '%p-gone%'") == [
        ("cancelled",)
    ]


def test_a_yes_for_somebody_who_left_the_channel_shares_nothing_and_blames_nobody(office: Office):
    keep(office, "left")
    ask(office, "bob", "p-left", "V30", "secret-lab")
    asked = question(office, "Routing left")
    bob = office.workspace.user_id("bob")
    office.workspace.inspect(lambda w: w.state.channel("secret-lab").members.discard(bob))
    office.bot.desk.members.forget()
    before = len(office.workspace.messages("secret-lab"))
    office.workspace.click("alice", "@alice", asked["ts"], "share.yes")
    changed = office.find(lambda m: m["ts"] == asked["ts"] and "Nothing was shared" in shown(m), "@alice")
    assert "You are not a member" not in shown(changed)
    office.says("I cannot post in", channel="@bob")
    assert len(office.workspace.messages("secret-lab")) == before


def test_below_a_long_prompt_comes_a_file_with_the_whole_of_it(office: Office):
    text = "word " * 2_000 + "{ticket} the end"
    record = keep(office, "long", text=text)
    payload = form(office, "alice", "share.form", record.id, to(office, "prompts"), "V40")
    assert deliver(office, payload) == {"response_action": "clear"}
    post = office.says("Routing long")
    assert "prompt.txt in this thread has the whole prompt" in shown(post)
    reply = office.find(lambda m: m.get("thread_ts") == post["ts"] and m.get("files"))
    assert office.workspace.file_bytes(reply["files"][0]["id"]).decode() == text
    office.workspace.wait(lambda: list(office.store.uploads.of_run(record.run_id).values()) == ["prompt.txt"])
