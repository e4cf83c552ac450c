"""What people do with a result: decide, ask for changes, compare versions, take it along, share, delete."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from sandbox.workspace.blockkit.views import view_problems
from storage.prompts import PromptRecord
from storage.runs import Place, RunRecord
from tests.bot.hostile import _mrkdwn
from tests.bot.office import PROMPT, TICKETS, Office, run_id_of, shown

TEAM = "T0SANDBOX1"


def keep(
    office: Office,
    name: str,
    channel: str = "prompts",
    kind: str = "public",
    *,
    owner: str = "alice",
    only_me: bool = False,
    parent: str = "",
    text: str = "",
) -> PromptRecord:
    """Put a past run and its prompt into the store as if it had been made in ``channel``."""
    place = Place(TEAM, office.workspace.channel_id(channel), kind, "1700000000.000100")  # type: ignore[arg-type]
    user = office.workspace.user_id(owner)
    run = RunRecord(f"r-{name}", "optimize", "done", user, place, {}, 1.7e9, only_me=only_me)
    office.store.runs.create(run)
    record = PromptRecord(
        f"p-{name}", run.id, 1, f"Routing {name}", text or f"{PROMPT}\nwords of {name}", PROMPT, user, place,
        only_me, "better", 0.5, 0.75, 88, "label", "racing", 1.7e9, parent,
    )  # fmt: skip
    office.store.prompts.add(record)
    return record


def press(office: Office, user: str, message: dict[str, Any], action: str, **chosen: Any) -> None:
    office.workspace.click(user, "prompts", message["ts"], action, **chosen)


@pytest.fixture
def ended(office: Office) -> tuple[Office, dict[str, Any], str]:
    """A run of alice that has ended, its final post, and its id."""
    office.ask()
    final = office.says("Request changes…")
    parent = next(m for m in office.workspace.messages("prompts") if m["ts"] == final["thread_ts"])
    run_id = run_id_of(parent)
    office.ended(run_id)
    return office, final, run_id


def stored(office: Office, prompt_id: str, user: str = "alice") -> PromptRecord:
    viewer = office.bot.desk.members.viewer(office.workspace.user_id(user), TEAM)
    return office.store.prompts.get(prompt_id, viewer)


def test_a_result_is_accepted_by_its_owner_and_says_by_whom(ended):
    office, final, run_id = ended
    prompt_id = f"p-{run_id[2:]}"
    press(office, "bob", final, "review.accept")
    assert office.says("or an admin can do that")["seen_only_by"] == office.workspace.user_id("bob")
    assert stored(office, prompt_id).status == "draft"
    press(office, "alice", final, "review.accept")
    told = office.find(lambda m: "Accepted by" in shown(m) and m["ts"] != final["ts"])
    assert told["thread_ts"] == final["thread_ts"]
    record = stored(office, prompt_id)
    assert (record.status, record.status_by) == ("accepted", office.workspace.user_id("alice"))
    office.workspace.wait(
        lambda: any(
            "Accepted by" in shown(m) for m in office.workspace.messages("prompts") if m["ts"] == final["ts"]
        )
    )
    press(office, "alice", final, "review.accept")
    press(office, "alice", final, "review.reject")
    office.find(lambda m: "Rejected by" in shown(m) and m["ts"] != final["ts"])
    assert stored(office, prompt_id).status == "rejected"
    assert sum("Accepted by" in m["text"] for m in office.workspace.messages("prompts")) == 1
    assert [call for call in office.workspace.calls() if call.get("error")] == []


def test_a_decision_is_kept_and_told_where_messages_cannot_be_edited_any_more(ended):
    office, final, run_id = ended
    office.workspace.fail_next("chat.update", error="edit_window_closed", count=5)
    press(office, "alice", final, "review.accept")
    assert office.says("Accepted by")["thread_ts"] == final["thread_ts"]
    assert stored(office, f"p-{run_id[2:]}").status == "accepted"
    assert not any("went wrong" in shown(m) or "❌" in shown(m) for m in office.workspace.messages("prompts"))


def test_requested_changes_become_the_next_rounds_reason_and_a_second_version(ended):
    office, final, run_id = ended
    press(office, "alice", final, "review.changes")
    office.window("alice", "What should change?")
    assert office.workspace.submit("alice", {"wish": "Say billing for refunds"}) in (
        {},
        {"response_action": "clear"},
    )

    def second() -> list[RunRecord]:
        return [
            r
            for r in office.store.runs.in_thread(TEAM, final["channel"], final["thread_ts"])
            if r.id != run_id
        ]

    again = office.workspace.wait(second)[0]
    office.ended(again.id)
    assert "Say billing for refunds" in str(office.store.runs.events(again.id))
    viewer = office.bot.desk.members.viewer(office.workspace.user_id("alice"), TEAM)
    assert len(office.store.prompts.versions(f"p-{run_id[2:]}", viewer)) == 2
    reviews = office.store.prompts.reviews(f"p-{run_id[2:]}", viewer)
    assert [(one.kind, one.text) for one in reviews] == [("request_changes", "Say billing for refunds")]
    press(office, "alice", final, "prompt.versions")
    view = office.window("alice")
    assert "Version 2" in shown(view)
    assert view_problems({key: view[key] for key in ("type", "title", "close", "blocks")}, "modal") == []


def test_what_people_said_of_a_prompt_stands_in_its_window_and_is_no_markup(shared_office: Office):
    office = shared_office
    record = keep(office, "wished")
    alice, bob = (
        office.bot.desk.members.viewer(office.workspace.user_id(one), TEAM) for one in ("alice", "bob")
    )
    for number in range(6):
        office.store.prompts.review(record.id, "request_changes", alice, f"<!channel> wish {number}")
    office.store.run_reviews.add(record.run_id, "request_changes", alice.user, "said of the run")
    office.store.prompts.review(record.id, "up", bob)
    office.workspace.slash("bob", "prompts", f"/prompts show {record.id}")
    view = office.window("bob", "What people want changed")
    text = shown(view)
    assert "said of the run" in text
    assert "wish 5" in text
    assert "wish 0" not in text
    assert "… and 2 earlier ones." in text
    assert "👍 1 · 👎 0" in text
    assert not any("<!channel>" in one for one in _mrkdwn(view))
    assert view_problems({key: view[key] for key in ("type", "title", "close", "blocks")}, "modal") == []


def _option(message: dict[str, Any], start: str) -> dict[str, Any]:
    for block in message["blocks"]:
        for element in block.get("elements") or ():
            for option in element.get("options") or ():
                if option["value"].startswith(start):
                    return option
    raise AssertionError(start)


def test_votes_count_once_a_person(ended):
    office, final, run_id = ended
    prompt_id = f"p-{run_id[2:]}"
    for user, side in (("alice", "up"), ("bob", "up"), ("bob", "down"), ("bob", "down")):
        press(office, user, final, "review.vote", value=f"{side} {prompt_id}")
    viewer = office.bot.desk.members.viewer(office.workspace.user_id("bob"), TEAM)

    def one_each() -> bool:
        votes = office.store.prompts.votes(prompt_id, viewer)
        return (votes.up, votes.down) == (1, 1)

    office.workspace.wait(one_each)  # clicks are worked on behind the scenes: bob's last ones may still wait


def test_running_again_on_new_data_keeps_the_prompt_and_wants_new_examples(ended):
    office, final, run_id = ended
    press(office, "bob", final, "review.more", selected_option=_option(final, "again"))
    view = office.window("bob")
    assert "tickets.csv" not in shown(view)
    answer = office.workspace.submit("bob", {})
    assert list(answer["errors"]) in (["examples"], ["prompt", "examples"])
    text = stored(office, f"p-{run_id[2:]}").text
    field = next(block["element"] for block in view["blocks"] if block.get("block_id") == "prompt")
    assert field.get("initial_value", "") in (text, "")
    assert office.workspace.submit("bob", {"examples": [("new.csv", TICKETS)]}) == {}
    runs = office.workspace.wait(
        lambda: [
            r
            for r in office.store.runs.in_thread(TEAM, final["channel"], final["thread_ts"])
            if r.id != run_id
        ]
    )
    assert runs[0].request["parent"] == f"p-{run_id[2:]}"
    office.ended(runs[0].id)


def test_a_deleted_run_is_gone_with_its_prompt(ended):
    office, final, run_id = ended
    press(office, "bob", final, "review.more", selected_option=_option(final, "delete"))
    office.window("bob", "or an admin can do that")
    press(office, "alice", final, "review.more", selected_option=_option(final, "delete"))
    office.window("alice", "This deletes run")
    office.workspace.submit("alice", {})
    office.workspace.wait(
        lambda: not office.store.database.rows("SELECT 1 FROM runs WHERE id = ?", (run_id,))
    )
    assert not office.store.database.rows("SELECT 1 FROM prompts WHERE run_id = ?", (run_id,))


def test_the_files_of_a_run_that_is_deleted_in_slack_are_deleted_there_soon(ended):
    office, final, run_id = ended
    office.bot.uploads._sleep = lambda seconds: None
    uploads = len(office.store.uploads.of_run(run_id))
    with office.bot.housekeeping:
        press(office, "alice", final, "review.more", selected_option=_option(final, "delete"))
        office.window("alice", "the files that I posted")
        office.workspace.submit("alice", {})
        gone = office.workspace.wait(lambda: office.workspace.calls("files.delete")[uploads - 1 :])
    assert uploads >= 3
    assert [call["error"] for call in gone] == [""]


def test_any_two_versions_are_compared(shared_office: Office):
    office = shared_office
    keep(office, "v1", text="Say the team.\nBe short.")
    keep(office, "v2", text="Say the team.\nBe kind.", parent="p-v1")
    office.workspace.slash("alice", "prompts", "/prompts diff p-v1 p-v2")
    office.workspace.wait(lambda: "-Be short.\n+Be kind." in shown(office.workspace.view("alice")))
    office.workspace.click_in_view("alice", "diff.before", selected_option="first")
    office.workspace.wait(
        lambda: (
            "-Ticket" in shown(office.workspace.view("alice"))
            or "+Be kind." in shown(office.workspace.view("alice"))
        )
    )
    view = office.workspace.view("alice")
    assert view_problems({key: view[key] for key in ("type", "title", "close", "blocks")}, "modal") == []
    office.workspace.close_view("alice")
    office.workspace.slash("alice", "prompts", "/prompts history p-v1")
    office.workspace.wait(lambda: "Version 2" in shown(office.workspace.view("alice")))


@pytest.mark.parametrize("format_name", ["markdown", "langchain", "openai", "promptfoo"])
def test_a_prompt_is_exported_into_the_askers_direct_messages(shared_office: Office, format_name: str):
    office = shared_office
    if not office.store.database.rows("SELECT 1 FROM prompts WHERE id = 'p-export'"):
        keep(office, "export")
    stamps = [m["ts"] for m in office.workspace.messages("@bob")]
    office.workspace.slash("bob", "prompts", f"/prompts export p-export {format_name}")
    sent = office.workspace.wait(
        lambda: [m for m in office.workspace.messages("@bob") if m["ts"] not in stamps and m.get("files")]
    )
    data = office.workspace.file_bytes(sent[0]["files"][0]["id"]).decode()
    assert "words of export" in data
    if format_name in ("langchain", "openai"):
        json.loads(data)
    if format_name == "promptfoo":
        assert yaml.safe_load(data)["prompts"]


@pytest.mark.parametrize(("user", "tests"), [("alice", 20), ("bob", 0)])
def test_the_examples_of_a_prompt_are_exported_to_its_owner_alone(
    shared_office: Office, user: str, tests: int
):
    office = shared_office
    if not office.store.database.rows("SELECT 1 FROM runs WHERE id = 'r-raw'"):
        place = Place(TEAM, office.workspace.channel_id("prompts"), "public", "1700000000.000100")
        rows = "\n".join(f"an unseen complaint {n},{'billing' if n % 2 else 'bug'}" for n in range(40))
        request = {"pasted": f"ticket,team\n{rows}", "target": "team"}
        office.store.runs.create(
            RunRecord("r-raw", "optimize", "done", office.workspace.user_id("alice"), place, request, 1.7e9)
        )
        keep(office, "raw", text="Sort {ticket}.")
    before = len(office.workspace.messages(f"@{user}"))
    office.workspace.slash(user, "prompts", "/prompts export p-raw promptfoo")
    sent = office.workspace.wait(
        lambda: [m for m in office.workspace.messages(f"@{user}")[before:] if m.get("files")]
    )
    data = office.workspace.file_bytes(sent[0]["files"][0]["id"]).decode()
    assert len(yaml.safe_load(data).get("tests") or ()) == tests
    assert ("an unseen complaint" in data) == bool(tests)
    assert ("belong to the prompt's owner" in data) == (not tests)


def test_results_are_paged_and_reused(shared_office: Office):
    office = shared_office
    for number in range(8):
        keep(office, f"page{number}", text=f"walrus prompt number {number} {{ticket}}")
    office.workspace.slash("carol", "prompts", "/prompts walrus")
    found = office.says("Past prompts for “walrus”")
    first = {b["accessory"]["value"] for b in found["blocks"] if "accessory" in b}
    office.workspace.click("carol", "prompts", found["ts"], "prompts.on")
    turned = office.workspace.wait(
        lambda: [
            m for m in office.workspace.messages("prompts") if m["ts"] == found["ts"] and "Back" in shown(m)
        ]
    )[0]
    second = {b["accessory"]["value"] for b in turned["blocks"] if "accessory" in b}
    assert len(first) == 5
    assert len(second) == 3
    assert not first & second
    office.workspace.click("carol", "prompts", found["ts"], "prompts.show")
    office.workspace.wait(lambda: "Use as a start" in shown(office.workspace.view("carol")))
    office.workspace.click_in_view("carol", "prompt.reuse")
    form = office.workspace.wait(lambda: [v for v in office.workspace.views("carol") if "post_to" in str(v)])[
        0
    ]
    text = next(
        block["element"]["initial_value"] for block in form["blocks"] if block.get("block_id") == "prompt"
    )
    assert text.startswith("walrus prompt number")


def test_a_private_prompt_is_shared_only_after_its_owners_yes(shared_office: Office):
    office = shared_office
    record = keep(office, "closed", "secret-lab", "private")
    place = office.workspace.channel_id("prompts")
    from bot.slack.messages.review import share_form

    def ask(user: str) -> None:
        office.workspace.slash(user, "prompts", "/optimize help")
        trigger = office.workspace.inspect(lambda w: w.triggers.issue(user_id))
        office.bot.app.client.views_open(
            trigger_id=trigger, view=share_form(record.id, record.title, mine=user == "alice", hidden=True)
        )
        office.workspace.submit(user, {"post_to": place})

    user_id = office.workspace.user_id("bob")
    ask("bob")
    question = office.workspace.wait(
        lambda: [m for m in office.workspace.messages("@alice") if "would like to share" in shown(m)]
    )[-1]
    assert not any("words of closed" in shown(m) for m in office.workspace.messages("prompts"))
    office.workspace.click("alice", "@alice", question["ts"], "share.yes")
    assert not office.says("words of closed").get("seen_only_by")
