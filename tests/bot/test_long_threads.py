"""The thread of a long run: the newest rounds in whole, the earlier ones a line each, the text a click away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.background.evolve_request import EvolveRequest
from bot.background.request import FileRef, OptimizeRequest
from bot.slack.step_replies import WHOLE
from optimizer.events import (
    ArmScore,
    BaselineScored,
    BeamSelected,
    ErrorCase,
    ErrorsGrouped,
    Event,
    GradientsFound,
    RoundStarted,
)
from optimizer.evolution.events import EvolvedSample as Sample
from optimizer.evolution.events import MethodScored, MethodSelected, StepStarted, TrajectoriesEvolved
from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from storage.runs import Place, RunRecord
from tests.bot.office import PROMPT, TICKETS, Office, shown
from tests.service.processes import environment, process, slack_environment, told_once

TEAM = "T0SANDBOX1"
ROUNDS = 30


def optimisation(rounds: int) -> Iterator[Event]:
    """The events of a run that gets better in every round."""
    yield BaselineScored(0.5, 32, 0)
    for n in range(1, rounds + 1):
        yield RoundStarted(n, rounds, ("c",))
        yield ErrorsGrouped(n, "c", 32, 3, 1, (ErrorCase(f"Broken parcel {n}", "shipping", "billing"),))
        yield GradientsFound(n, "c", 1, (f"Reason number {n}.",))
        score = 0.5 + n / 100
        yield BeamSelected(
            n, (ArmScore(f"c{n}", score, 32),), f"c{n}", score, f"{PROMPT} {n}", PROMPT, "", True, n * 9
        )


def evolution(steps: int) -> Iterator[Event]:
    """The events of an evolution of instructions that gets better in every step."""
    yield MethodScored(0, "m0", 20, 10, 0.5, (), True)
    for n in range(1, steps + 1):
        yield StepStarted(n, steps, "m0")
        yield TrajectoriesEvolved(n, 8, 1, (Sample(n, f"Write {n}.", f"Write {n} in verse.", ""),))
        yield MethodSelected(n, f"m{n}", f"Step 1. Try {n}.", "m0", "Step 1.", 0.5 - n / 100, True, n * 9)


Story = Callable[[int], Iterator[Event]]
KINDS: dict[str, tuple[dict[str, Any], Story, str]] = {
    "optimize": (OptimizeRequest(prompt_text=PROMPT, pasted="a,b").to_dict(), optimisation, "Round"),
    "evolve": (
        EvolveRequest(data_file=FileRef("", "tasks.jsonl", 9, "")).to_dict(), evolution, "Step",
    ),
}  # fmt: skip


def long_run(office: Office, kind: str, channel: str = "prompts") -> RunRecord:
    """A stored run of alice, with its history; its thread is not open yet."""
    request, story, _ = KINDS[kind]
    number = len(office.store.database.rows("SELECT 1 FROM runs"))
    place = Place(
        TEAM, office.workspace.channel_id(channel), "private" if channel == "secret-lab" else "public"
    )
    owner = office.workspace.user_id("alice")
    run = RunRecord(f"r-long{number}", kind, "done", owner, place, request, time.time())
    office.store.runs.create(run)
    for seq, event in enumerate(story(ROUNDS)):
        office.store.runs.append_event(run.id, seq, event)
    return run


def show(office: Office, run: RunRecord, rounds: int = ROUNDS) -> None:
    """Show the first ``rounds`` of a run, as a process does that begins with it or takes it up."""
    view = office.bot.desk.view(office.store.runs.get(run.id))
    view.open().result(20)
    for event in KINDS[run.kind][1](rounds):
        view.show(event)


def replies(office: Office, run: RunRecord) -> list[str]:
    """What the thread of a run shows below its first message."""
    run = office.store.runs.get(run.id)
    return [
        shown(message)
        for message in office.workspace.messages(run.place.channel, thread_ts=run.place.thread_ts)[1:]
    ]


def folded(office: Office, run: RunRecord, newest: int) -> list[str]:
    """Wait until the rounds up to ``newest`` are folded, and return the replies."""
    office.workspace.wait(
        lambda: office.store.runs.get(run.id).message_ts.get("folded") == str(newest), 30, "the fold"
    )
    return replies(office, run)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_newest_rounds_stay_in_whole_and_the_others_are_a_line_each(shared_office: Office, kind: str):
    office, word = shared_office, KINDS[kind][2]
    run = long_run(office, kind)
    show(office, run)
    start, earlier, *newest = folded(office, run, ROUNDS - WHOLE)
    assert "*Start:*" in start
    assert earlier.startswith(f"Earlier {word.lower()}s, up to {ROUNDS - WHOLE}")
    for number in range(1, ROUNDS - WHOLE + 1):
        assert earlier.count(f"*{word} {number} of {ROUNDS}:*") == 1
    assert [reply.split(":")[0] for reply in newest] == [
        f"*{word} {number} of {ROUNDS}" for number in range(ROUNDS - WHOLE + 1, ROUNDS + 1)
    ]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_process_that_takes_the_run_up_posts_nothing_twice_and_folds_on(shared_office: Office, kind: str):
    office = shared_office
    run = long_run(office, kind)
    show(office, run, rounds=9)
    before = folded(office, run, 9 - WHOLE)
    show(office, run, rounds=9)
    assert replies(office, run) == before
    show(office, run)
    after = folded(office, run, ROUNDS - WHOLE)
    assert len(after) == len(before)
    told_once(office.workspace)


def test_a_fold_that_was_cut_off_is_finished_by_the_next_process(shared_office: Office):
    office = shared_office
    run = long_run(office, "optimize")
    show(office, run, rounds=9)
    whole = folded(office, run, 9 - WHOLE)
    office.store.runs.set_message(run.id, "folded", "2")  # killed before it could note more
    show(office, run, rounds=9)
    assert folded(office, run, 9 - WHOLE) == whole


def test_where_nothing_can_be_edited_every_round_stays_as_it_was_told(shared_office: Office):
    office = shared_office
    run = long_run(office, "optimize")
    office.workspace.fail_next("chat.update", error="edit_window_closed", count=100)
    show(office, run, rounds=8)
    office.workspace.wait(lambda: edits_of(office, run), 20, "the refusal")
    office.workspace.wait(lambda: len(rounds_in(replies(office, run))) == 8, 20, "eight rounds")
    office.workspace.inspect(lambda w: w.faults._planned.clear())
    assert "Earlier rounds" not in "\n".join(replies(office, run))


def edits_of(office: Office, run: RunRecord) -> list[dict[str, Any]]:
    """The edits of the reply that lists the earlier rounds."""
    lead = office.store.runs.get(run.id).message_ts.get("round-1")
    return [call for call in office.workspace.calls("chat.update") if call["args"].get("ts") == lead]


def rounds_in(texts: list[str]) -> list[str]:
    return [text for text in texts if text.startswith("*Round")]


def test_where_nothing_can_be_deleted_an_earlier_round_is_cut_down_to_its_line(shared_office: Office):
    office = shared_office
    run = long_run(office, "optimize")
    office.workspace.fail_next("chat.delete", error="cant_delete_message", count=3)
    show(office, run, rounds=7)
    texts = rounds_in(folded(office, run, 7 - WHOLE))
    office.workspace.wait(
        lambda: sum("Reason number" in text for text in replies(office, run)) == WHOLE, 20, "three in whole"
    )
    assert len(texts) == 6


def test_the_menu_shows_an_earlier_round_in_whole_to_whoever_may_see_the_run(shared_office: Office):
    office = shared_office
    run = long_run(office, "optimize", "secret-lab")
    show(office, run)
    folded(office, run, ROUNDS - WHOLE)
    run = office.store.runs.get(run.id)
    lead, channel = run.message_ts["round-1"], run.place.channel
    office.workspace.click("bob", channel, lead, "steps.read", selected_option=f"{run.id} 4")
    window = office.workspace.view("bob")
    assert window["title"]["text"] == "Round 4"
    assert "Broken parcel 4" in shown(window)
    assert "Reason number 4." in shown(window)


def test_edits_of_a_long_thread_are_no_more_than_its_rounds(shared_office: Office):
    office = shared_office
    run = long_run(office, "optimize")
    show(office, run)
    folded(office, run, ROUNDS - WHOLE)
    assert 1 <= len(edits_of(office, run)) <= ROUNDS


def test_a_bot_that_is_killed_while_it_folds_leaves_one_whole_thread(
    workspace: RunningWorkspace, model: RunningModel, tmp_path
):
    env = environment(model, **slack_environment(workspace), PROMPTBEAM_DATA=str(tmp_path / "data"))
    model.control(latency_ms=20)
    values = {"prompt": PROMPT, "examples": [("tickets.csv", TICKETS)], "preset": "standard"}
    with process(tmp_path, env, "bot") as bot:
        workspace.wait_for_app()
        workspace.slash("alice", "prompts", "/optimize")
        workspace.view("alice", 30)
        assert workspace.submit("alice", values) == {}
        workspace.wait_for(lambda message: "Earlier rounds" in shown(message), 120, channel="prompts")
        bot.kill()
    model.control(latency_ms=0)
    with process(tmp_path, env, "bot"):
        final = workspace.wait_for(
            lambda message: "held-out examples" in shown(message), 120, channel="prompts"
        )

        def thread() -> list[str]:
            return [shown(one) for one in workspace.messages("prompts", thread_ts=final["thread_ts"])]

        workspace.wait(lambda: len(rounds_in(thread())) == WHOLE, 60, "the fold")
        told_once(workspace)
        assert sum("Earlier rounds" in text for text in thread()) == 1
