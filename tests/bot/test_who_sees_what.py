"""Past prompts: found and shown only to those who may see them, at every door of the bot."""

from __future__ import annotations

import time

import pytest

from storage.prompts import PromptRecord
from storage.runs import Place, RunRecord
from tests.bot.office import PROMPT, Office, run_id_of, shown

TEAM = "T0SANDBOX1"


def _keep(
    office: Office, name: str, channel: str, kind: str, *, owner: str = "alice", only_me: bool = False
) -> PromptRecord:
    """Put a past prompt into the library as if it had been made in ``channel``."""
    place = Place(TEAM, office.workspace.channel_id(channel), kind, "1700000000.000100")  # type: ignore[arg-type]
    user = office.workspace.user_id(owner)
    run = RunRecord(f"r-{name}", "optimize", "done", user, place, {}, time.time(), only_me=only_me)
    office.store.runs.create(run)
    record = PromptRecord(
        f"p-{name}", run.id, 1, f"Ticket routing {name}", f"{PROMPT}\nprivate words of {name}", PROMPT, user, place,
        only_me, "better", 0.5, 0.75, 88, "label", "protegi", time.time(),
    )  # fmt: skip
    office.store.prompts.add(record)
    return record


def _found_by(office: Office, user: str) -> str:
    fresh = office.from_now()
    office.workspace.slash(user, "prompts", "/prompts ticket routing")
    answer = fresh.find(
        lambda m: any(words in m["text"] for words in ("Past prompts", "Nothing found", "did not tell me"))
    )
    assert answer["seen_only_by"] == office.workspace.user_id(user)
    return shown(answer)


@pytest.fixture
def library(shared_office: Office) -> Office:
    if "p-open" not in str(shared_office.store.prompts.recent(_everything(), 20)):
        _keep(shared_office, "open", "prompts", "public")
        _keep(shared_office, "lab", "secret-lab", "private")
        _keep(shared_office, "direct", "@alice", "dm")
        _keep(shared_office, "mine", "prompts", "public", only_me=True)
    return shared_office


def _everything():
    from storage.visibility import Viewer

    return Viewer("", "", everything=True)


@pytest.mark.parametrize(
    ("user", "sees", "hidden"),
    [
        ("alice", ["open", "lab", "direct", "mine"], []),
        ("bob", ["open", "lab"], ["direct", "mine"]),
        ("carol", ["open"], ["lab", "direct", "mine"]),
    ],
)
def test_a_search_shows_only_what_the_asker_may_see(library: Office, user, sees, hidden):
    text = _found_by(library, user)
    for name in sees:
        assert f"Ticket routing {name}" in text
    for name in hidden:
        assert f"Ticket routing {name}" not in text


def test_the_whole_prompt_opens_for_those_who_may_see_it(library: Office):
    fresh = library.from_now()
    library.workspace.slash("bob", "prompts", "/prompts ticket routing")
    found = fresh.find(lambda m: "Past prompts" in m["text"])
    button = next(b["accessory"] for b in found["blocks"] if b.get("accessory", {}).get("value") == "p-lab")
    library.workspace.click(
        "bob", "prompts", found["ts"], button["action_id"], block_id=_block_of(found, "p-lab")
    )
    library.workspace.wait(lambda: "private words of lab" in shown(library.workspace.view("bob")))


def _block_of(message: dict, value: str) -> str:
    return next(b["block_id"] for b in message["blocks"] if b.get("accessory", {}).get("value") == value)


def test_a_forged_button_shows_a_hidden_prompt_like_an_unknown_one(library: Office):
    texts = []
    for prompt_id in ("p-lab", "p-unknown"):
        fresh = library.from_now()
        library.workspace.slash("carol", "prompts", "/prompts ticket routing")
        found = fresh.find(lambda m: "Past prompts" in m["text"])
        library.workspace.inspect(lambda w, ts=found["ts"], forged=prompt_id: _forge(w, ts, forged))
        library.workspace.click("carol", "prompts", found["ts"], "prompts.show")
        told = library.workspace.wait(lambda: _told(library))
        texts.append(told.replace(prompt_id, "ID"))
        library.workspace.close_view("carol")
    assert texts[0] == texts[1]
    assert "private words" not in texts[0]


def _forge(workspace, ts, prompt_id):
    for channel in workspace.state.messages.values():
        for message in channel.values():
            if message.ts == ts:
                for block in message.blocks:
                    if "accessory" in block:
                        block["accessory"]["value"] = prompt_id


def _told(office: Office) -> str:
    text = shown(office.workspace.view("carol"))
    return text if "There is no prompt" in text else ""


def test_a_run_in_a_private_channel_is_hidden_from_outsiders_at_every_command(library: Office):
    library.ask("bob", "secret-lab")
    run_id = run_id_of(library.card("secret-lab"))
    library.workspace.slash("carol", "prompts", f"/optimize stop {run_id}")
    assert f"no run {run_id} that you can see" in shown(library.says("that you can see"))
    assert library.ended(run_id) == "done"
    assert library.store.runs.get(run_id).place.kind == "private"


def test_similar_prompts_of_a_private_place_are_whispered_to_the_asker(library: Office):
    library.ask("alice", "prompts")
    in_thread = library.find(lambda m: "Similar prompts" in m["text"] and not m["seen_only_by"])
    whispered = library.find(lambda m: "Similar prompts" in m["text"] and bool(m["seen_only_by"]))
    assert "Ticket routing open" in shown(in_thread)
    for name in ("lab", "direct", "mine"):
        assert f"Ticket routing {name}" not in shown(in_thread)
    assert whispered["seen_only_by"] == library.workspace.user_id("alice")
    parent = next(m for m in library.workspace.messages("prompts") if m["ts"] == in_thread["thread_ts"])
    assert library.ended(run_id_of(parent)) == "done"


def test_nobody_new_sees_anything_when_slack_does_not_answer(library: Office):
    members = library.bot.desk.members
    members.forget()
    library.workspace.fail_next("users.conversations", error="missing_scope")
    assert "Ticket routing" not in _found_by(library, "carol")
    members.forget()
    assert "Ticket routing open" in _found_by(library, "carol")


def test_only_me_is_kept_with_the_run_and_its_prompt(library: Office):
    assert library.ask("bob", "prompts", audience="only_me", goal="Bob keeps this") == {}
    run_id = run_id_of(library.says("Bob keeps this"))
    library.ended(run_id)
    assert library.store.runs.get(run_id).only_me
    members = library.bot.desk.members
    alice, bob = (library.workspace.user_id(name) for name in ("alice", "bob"))
    assert library.store.prompts.of_run(run_id, members.viewer(alice, TEAM)) == []
    assert len(library.store.prompts.of_run(run_id, members.viewer(bob, TEAM))) == 1


def test_a_secret_in_the_prompt_is_refused_at_its_field(library: Office):
    answer = library.ask("carol", prompt="Use key sk-" + "a1B2c3D4" * 6 + " and label {ticket}")
    assert list(answer["errors"]) == ["prompt"]
