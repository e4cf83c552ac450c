"""Evolving methods among the past prompts: found, opened, used again and exported by those who may see the run."""

import json
from dataclasses import replace

import pytest

from bot.slack.form_inputs import MAX_TEXT
from storage.visibility import Viewer
from tests.bot.office import EXAMPLES, Office, run_id_of, shown

TASKS = (EXAMPLES / "instructions" / "tasks.json").read_bytes()


@pytest.fixture(scope="module")
def lab(module_office: Office):
    """The office after alice evolved instructions in a private channel, and the id of the method that was kept."""
    module_office.workspace.slash("alice", "secret-lab", "/evolve")
    answer = module_office.workspace.submit(
        "alice", {"data": [("tasks.json", TASKS)], "goal": "Harder school tasks"}
    )
    assert answer == {}
    ended = module_office.says("Go to the result", "secret-lab", 120)
    run_id = run_id_of(ended)
    assert module_office.ended(run_id) == "done"
    return module_office, run_id.replace("r-", "p-")


def everything(office: Office, prompt_id: str):
    return office.store.prompts.get(prompt_id, Viewer("", "", everything=True))


def found_by(office: Office, user: str, words: str) -> str:
    fresh = office.from_now()
    office.workspace.slash(user, "prompts", f"/prompts {words}")
    return shown(fresh.find(lambda m: "Past prompts" in m["text"] or "Nothing found" in m["text"]))


def opened_by(office: Office, user: str, what: str) -> str:
    office.workspace.slash(user, "prompts", f"/prompts {what}")
    return office.workspace.wait(
        lambda: (text := shown(office.workspace.view(user))) and "One moment" not in text and text
    )


def close_all(office: Office, *users: str) -> None:
    for user in users:
        while office.workspace.views(user):
            office.workspace.close_view(user)


def test_the_method_is_kept_as_tested_in_the_place_of_its_run(lab):
    office, prompt_id = lab
    record = everything(office, prompt_id)
    assert record.is_method
    assert (record.title, record.place.kind) == ("Harder school tasks", "private")
    assert record.seed_text != record.text
    assert record.holdout_n > 0
    assert 0 <= record.seed_score <= record.final_score <= 1


def test_members_find_it_by_kind_and_by_words_and_others_do_not(lab):
    office, _ = lab
    for words in ("kind:method", "school tasks", "kind:method owner:me"):
        assert "Harder school tasks" in found_by(office, "alice", words)
    assert "Harder school tasks" in found_by(office, "bob", "kind:method")
    assert "Harder school tasks" not in found_by(office, "bob", "kind:classify")
    for words in ("kind:method", "school tasks", "Step 1 list rewrite instruction"):
        assert "Harder school tasks" not in found_by(office, "carol", words)


@pytest.mark.parametrize("what", ["show", "history", "diff"])
def test_for_an_outsider_it_is_like_one_that_does_not_exist(lab, what):
    office, prompt_id = lab
    told = []
    for name in (prompt_id, "p-00000000"):
        told.append(opened_by(office, "carol", f"{what} {name}").replace(name, "ID"))
        close_all(office, "carol")
    assert told[0] == told[1]
    assert everything(office, prompt_id).text[:40] not in told[0]


def test_an_outsider_gets_no_file_of_it(lab):
    office, prompt_id = lab
    before = len(office.workspace.messages("@carol"))
    fresh = office.from_now()
    office.workspace.slash("carol", "prompts", f"/prompts export {prompt_id}")
    assert "that you can see" in shown(fresh.says("that you can see"))
    assert len(office.workspace.messages("@carol")) == before


def test_a_member_opens_it_and_starts_another_evolution_with_it(lab):
    office, prompt_id = lab
    record = everything(office, prompt_id)
    text = opened_by(office, "bob", f"show {prompt_id}")
    assert "Evolving method" in text
    assert "accepted on the way: m0 → " in text
    assert "Request changes" not in opened_by(office, "alice", f"show {prompt_id}")
    office.workspace.click_in_view("bob", "prompt.reuse")
    form = office.workspace.wait(
        lambda: (view := office.workspace.view("bob"))["callback_id"] == "evolve.form" and view
    )
    method = next(block for block in form["blocks"] if block.get("block_id") == "method")
    assert method["element"]["initial_value"] == record.text
    close_all(office, "alice", "bob")


def test_its_export_holds_the_methods_that_it_came_from(lab):
    office, prompt_id = lab
    stamps = [m["ts"] for m in office.workspace.messages("@bob")]
    office.workspace.slash("bob", "prompts", f"/prompts export {prompt_id}")
    sent = office.workspace.wait(
        lambda: [m for m in office.workspace.messages("@bob") if m["ts"] not in stamps and m.get("files")]
    )
    page = office.workspace.file_bytes(sent[0]["files"][0]["id"]).decode()
    record = everything(office, prompt_id)
    assert record.text in page
    assert record.seed_text in page
    assert "m0, the first method" in page


def test_a_method_that_is_too_long_for_the_form_is_asked_for_as_a_file(lab):
    office, prompt_id = lab
    longer = replace(everything(office, prompt_id), id="p-longer", version=2, text="x" * (MAX_TEXT + 1))
    office.store.prompts.add(longer)
    opened_by(office, "bob", "show p-longer")
    office.workspace.click_in_view("bob", "prompt.reuse")
    form = office.workspace.wait(
        lambda: (view := office.workspace.view("bob"))["callback_id"] == "evolve.form" and view
    )
    assert "attach `method.txt`" in shown(form)
    assert "x" * 100 not in json.dumps(form)
    close_all(office, "bob")
