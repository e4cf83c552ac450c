"""Every door of the bot is tried by an outsider, and none is open.

And every one is tried with what is stored as made in public, though its channel is private by now.
"""

from __future__ import annotations

import json
import time

import pytest

from bot.slack.app import build_app
from tests.bot.doors import DOORS, PROMPT_ID, RAW, SECRET, TEAM, hide, registered, seen_by_carol
from tests.bot.office import PROMPT, Office, run_id_of, shown


@pytest.fixture
def hidden(shared_office: Office) -> Office:
    """A run of alice in #secret-lab with a prompt and drafts."""
    return hide(shared_office)


def snapshot(office: Office) -> str:
    """Everything in the store that a mutation would change."""
    tables = ("runs", "prompts", "prompt_reviews", "run_reviews", "drafts", "run_messages", "lessons")
    return json.dumps([office.store.database.rows(f"SELECT * FROM {one}") for one in tables], default=str)


def test_every_listener_of_the_bot_is_a_door_that_is_tried_here(shared_office: Office):
    names = set(registered(shared_office))
    assert names == set(DOORS)
    real = shared_office.bot.app._listeners
    assert len(real) == len(names)
    assert build_app is not None


@pytest.mark.parametrize("door", sorted(DOORS))
def test_an_outsider_gets_nothing_and_changes_nothing_at(hidden: Office, door: str):
    office = hidden
    before = snapshot(office)
    lab, members = office.workspace.channel_id("secret-lab"), office.bot.desk.members
    assert office.store.places.follow(TEAM, lab, "public")
    members.forget()
    answer = DOORS[door](office)
    office.workspace.wait(lambda: _quiet(office), 20, "the bot to fall silent")
    office.store.places.follow(TEAM, lab, "private")
    told = json.dumps(answer, default=str, ensure_ascii=False)
    assert SECRET not in told.replace(f'"initial_value": "{SECRET}"', "").replace(f"“{SECRET}”", "")
    readable = seen_by_carol(office)
    assert f"The {SECRET}" not in readable
    assert f"{SECRET} {{ticket}}" not in readable
    assert f"{PROMPT} {SECRET}" not in readable
    assert snapshot(office) == before
    while office.workspace.views("carol"):
        office.workspace.close_view("carol")


def test_what_an_outsider_starts_tells_nothing_of_similar_prompts(hidden: Office):
    office = hidden
    office.ask("carol", "prompts", prompt=f"{SECRET} {PROMPT}", goal="Carol's own")
    office.ended(run_id_of(office.says("Carol's own")))
    told = "".join(shown(m) for m in office.workspace.messages("prompts", user="carol"))
    assert f"The {SECRET}" not in told
    assert f"{PROMPT} {SECRET}" not in told


@pytest.mark.parametrize("format_name", ["markdown", "langchain", "openai", "promptfoo"])
def test_who_may_see_a_prompt_is_not_given_the_examples_of_its_run(hidden: Office, format_name: str):
    office = hidden
    before = len(office.workspace.messages("@bob"))
    office.workspace.slash("bob", "secret-lab", f"/prompts export {PROMPT_ID} {format_name}")
    sent = office.workspace.wait(
        lambda: [m for m in office.workspace.messages("@bob")[before:] if m.get("files")], 20, "the file"
    )
    text = office.workspace.file_bytes(sent[0]["files"][0]["id"]).decode()
    assert SECRET in text
    assert RAW not in text


def _quiet(office: Office) -> bool:
    calls = len(office.workspace.calls())
    time.sleep(0.15)
    return len(office.workspace.calls()) == calls
