"""What can be done with runs that left no tested prompt: evolutions, stopped runs, failed ones."""

from __future__ import annotations

from typing import Any

from tests.bot.office import Office, run_id_of, shown
from tests.bot.test_evolve_in_a_thread import evolve
from tests.bot.test_feedback_by_reply import WISH, running


def ended_evolution(office: Office) -> tuple[dict[str, Any], str]:
    """The final post of an evolution, and its id."""
    evolve(office, goal="harder chores", effort="none")
    final = office.find(lambda m: "of 30 rows evolved" in shown(m) and "run.vote" in buttons(m))
    run_id = run_id_of(office.says("Go to the result"))
    office.ended(run_id)
    return final, run_id


def buttons(message: dict[str, Any]) -> list[str]:
    """The actions that a message offers."""
    return [
        one["action_id"]
        for block in message["blocks"]
        for one in block.get("elements", ())
        if "action_id" in one
    ]


def delete(office: Office, message: dict[str, Any], run_id: str) -> None:
    office.workspace.click("alice", "prompts", message["ts"], "run.delete")
    office.window("alice", "Delete")
    office.workspace.submit("alice", {})
    office.workspace.wait(
        lambda: not office.store.database.rows("SELECT 1 FROM runs WHERE id = ?", (run_id,))
    )


def test_an_evolution_is_voted_on_run_again_and_deleted(office: Office):
    final, run_id = ended_evolution(office)
    for user, side in (("alice", "up"), ("bob", "up"), ("bob", "down")):
        office.workspace.click(user, "prompts", final["ts"], "run.vote", value=f"{side} {run_id}")
    votes = office.workspace.wait(lambda: _all_in(office, run_id))
    assert (votes.up, votes.down) == (1, 1)
    office.workspace.click("bob", "prompts", final["ts"], "run.again")
    form = office.window("bob")
    goal = next(block["element"] for block in form["blocks"] if block.get("block_id") == "goal")
    assert goal["initial_value"] == "harder chores"
    assert office.workspace.submit("bob", {"pasted": "Plan a feast.\nWash a car."}) == {}
    again = office.find(lambda m: "Run r-" in shown(m) and run_id not in shown(m))
    assert again["thread_ts"] == final["thread_ts"]
    office.ended(run_id_of(again))
    office.workspace.click("bob", "prompts", final["ts"], "run.delete")
    office.window("bob", "or an admin can do that")
    delete(office, final, run_id)
    assert not office.store.database.rows("SELECT 1 FROM run_reviews WHERE run_id = ?", (run_id,))


def _all_in(office: Office, run_id: str) -> Any:
    reviews = office.store.run_reviews
    return reviews.votes(run_id) if len(reviews.of(run_id)) == 3 else None


def test_a_reply_to_an_evolution_that_has_ended_is_offered_what_can_be_done_and_kept(office: Office):
    final, run_id = ended_evolution(office)
    office.workspace.send(
        "alice", "prompts", "", thread_ts=final["thread_ts"], files=[("a.csv", b"a,b\n1,2\n")]
    )
    assert office.says("files cannot join it")["seen_only_by"] == office.workspace.user_id("alice")
    office.workspace.send("alice", "prompts", WISH, thread_ts=final["thread_ts"])
    offer = office.says("Shall I keep your words")
    assert buttons(offer) == ["run.again", "wish.save"]
    office.workspace.click("alice", "prompts", offer["ts"], "wish.save")
    office.says("Saved with the run.")
    assert [(one.kind, one.text) for one in office.store.run_reviews.of(run_id)] == [
        ("request_changes", WISH)
    ]


def test_a_run_that_was_stopped_before_its_test_can_be_run_again_and_deleted(office: Office):
    parent, run_id = running(office)
    office.workspace.react("alice", "prompts", parent["ts"], "x")
    assert office.ended(run_id) == "cancelled"
    final = office.says("ended before")
    assert buttons(final) == ["run.again", "run.delete", "run.vote"]
    office.workspace.click("alice", "prompts", final["ts"], "run.again")
    assert "Improve a prompt" in shown(office.window("alice"))
    office.workspace.close_view("alice")
    office.workspace.send("alice", "prompts", WISH, thread_ts=parent["ts"])
    offer = office.says("Shall I go on")
    office.workspace.click("alice", "prompts", offer["ts"], "wish.save")
    office.says("Saved with the run.")
    assert [one.text for one in office.store.run_reviews.of(run_id)] == [WISH]
    office.workspace.slash("bob", "prompts", "/optimize history")
    assert f"💬 “{WISH}”" in shown(office.says("Runs that have ended"))
    delete(office, final, run_id)


def test_a_run_that_failed_can_be_deleted_from_its_thread(office: Office):
    office.ask(examples=[("tiny.csv", b"ticket,team\na,b\n")])
    told = office.says("Reference")
    run_id = run_id_of(office.find(lambda m: "Run r-" in shown(m)))
    office.ended(run_id)
    assert buttons(told)[-2:] == ["run.again", "run.delete"]
    delete(office, told, run_id)
