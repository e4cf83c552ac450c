"""``/evolve`` through the real bot: forms, the thread of an evolution, its data, stopping, feedback by reply."""

import io
import json

import pyarrow.parquet as parquet
import pytest

from bot.background.run_work import RESULT_FOLDER as RESULT
from bot.slack.sample_task import SAMPLE_INSTRUCTIONS
from tests.bot.office import TICKETS, Office, bot_at_work, run_id_of, settings_for, shown

ROWS = [
    {"instruction": text, "input": "", "output": f"Answer {n}."} for n, text in enumerate(SAMPLE_INSTRUCTIONS)
]
DATA = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def open_form(office: Office, text: str = "", channel: str = "prompts"):
    office.workspace.slash("alice", channel, f"/evolve {text}".strip())
    return office.workspace.view("alice")


def evolve(office: Office, **values):
    open_form(office)
    filled = {"data": [("tasks.jsonl", DATA)], **values}
    return office.workspace.submit(
        "alice", {name: value for name, value in filled.items() if value is not None}
    )


def test_an_evolution_from_form_to_data(office: Office):
    assert evolve(office) == {}
    final = office.says("of 30 rows evolved")
    run_id = run_id_of(office.says("Go to the result"))
    thread = "\n".join(shown(message) for message in office.thread({"ts": final["thread_ts"]}))
    for told in (
        "What I understood",
        "Alpaca (instruction, input, output)",
        "the first method fails on",
        "Step 1 of",
        "The evolving method",
        "simulated",
    ):
        assert told in thread
    assert office.ended(run_id) == "done"
    runs = office.store.runs
    rows = [json.loads(line) for line in runs.read_file(run_id, RESULT + "evolved.jsonl").splitlines()]
    assert len(rows) == len(ROWS)
    assert list(rows[0]) == ["instruction", "input", "output"]
    assert (
        sum(row["instruction"] != old["instruction"] for row, old in zip(rows, ROWS, strict=True))
        > len(ROWS) / 2
    )
    table = parquet.read_table(io.BytesIO(runs.read_file(run_id, RESULT + "evolved.parquet")))
    assert table.to_pylist() == rows
    chats = [
        json.loads(line) for line in runs.read_file(run_id, RESULT + "evolved.openai.jsonl").splitlines()
    ]
    assert chats[0]["messages"][0] == {"role": "user", "content": rows[0]["instruction"]}
    names = {
        file["name"]
        for message in office.thread({"ts": final["thread_ts"]})
        for file in message.get("files", ())
    }
    assert {"method.txt", "evolved.jsonl", "evolved.parquet", "evolved.openai.jsonl", "report.json"} <= names


def test_pasted_instructions_and_an_own_method_are_used(office: Office):
    view = open_form(office, "demo")
    pasted = next(block for block in view["blocks"] if block.get("block_id") == "pasted")
    lines = pasted["element"]["initial_value"].splitlines()
    method = "Step 1. Think of a constraint.\nStep 2. Rewrite the instruction with it and keep every fact."
    answer = office.workspace.submit(
        "alice", {"pasted": "\n".join(lines), "method": method, "effort": "none"}
    )
    assert answer == {}
    final = office.says("evolved")
    assert method in shown(office.says("The evolving method, unchanged"))
    run_id = run_id_of(office.says("Go to the result"))
    assert len(office.store.runs.read_file(run_id, RESULT + "evolved.jsonl").splitlines()) == len(lines)
    assert final


def test_the_form_of_a_single_prompt_is_one_click_away(office: Office):
    view = open_form(office)
    assert view["title"]["text"] == "Evolve instructions"
    office.workspace.click_in_view("alice", "evolve.one_prompt")
    office.window("alice", "Evolve a prompt")


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"data": None}, "data", "Attach a file with instructions"),
        ({"pasted": "One more."}, "pasted", "Keep one of the two"),
        ({"method": "Step 1.", "method_file": [("m.txt", b"x")]}, "method_file", "Keep one of the two"),
    ],
)
def test_a_wrong_form_is_told_at_its_field(office: Office, values, field, told):
    assert told in evolve(office, **values)["errors"][field]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'{"first": "no instruction", "second": "here"}\n', "instruction"),
        (b"<!DOCTYPE html><html><body>login</body></html>", "web page"),
        (b'{"instruction": "Only one."}\n', "instructions"),
    ],
)
def test_data_that_cannot_be_used_is_told_in_the_thread_and_nothing_is_charged(office: Office, data, told):
    assert evolve(office, data=[("tasks.jsonl", data)]) == {}
    reply = office.says("The way out")
    assert told in shown(reply)
    assert "Nothing was charged" in shown(reply)


def test_help_says_what_the_command_does(office: Office):
    office.workspace.slash("alice", "prompts", "/evolve help")
    assert office.says("Evolve instructions, or one prompt")["seen_only_by"] == "U000ALICE01"


def people_in(value) -> list:
    """The live mentions in a message."""
    if isinstance(value, dict):
        own = [value] if value.get("type") == "user" else []
        return own + [one for item in value.values() for one in people_in(item)]
    return [one for item in value for one in people_in(item)] if isinstance(value, list) else []


def running(office: Office, **values) -> tuple[dict, str]:
    """Start an evolution and wait until its first step is told; it goes on when answers are let go."""
    office.model.control(hold_after=50)
    assert evolve(office, **values) == {}
    office.says("the first method fails on")
    parent = office.says("Evolving")
    return parent, run_id_of(parent)


def test_a_stopped_evolution_keeps_the_best_method(office: Office):
    parent, run_id = running(office)
    office.workspace.click("alice", "prompts", parent["ts"], "opt.stop")
    assert office.ended(run_id) == "cancelled"
    assert office.says("Stopped before all rows were evolved")["thread_ts"] == parent["ts"]
    names = {file["name"] for message in office.thread(parent) for file in message.get("files", ())}
    assert {"method.txt", "report.json"} <= names


def test_a_reply_that_no_step_can_read_any_more_is_told_and_one_after_the_end_leads_on(office: Office):
    more = "".join(json.dumps({"instruction": f"Say how parcel {n} is packed."}) + "\n" for n in range(60))
    office.model.control(hold_after=345)  # of 375: held while the method is being applied
    assert evolve(office, data=[("tasks.jsonl", DATA + more.encode())]) == {}
    parent = office.says("Evolving")
    run_id = run_id_of(parent)
    office.workspace.wait(
        lambda: any(event.kind == "holdout_tested" for event in office.store.runs.events(run_id)),
        90,
        "the test",
    )
    ts = office.workspace.send("alice", "prompts", "Too late for this one.", thread_ts=parent["ts"])
    office.workspace.wait(lambda: "eyes" in office.reactions(ts), 20, "eyes")
    office.model.control(hold_after=-1)
    office.says("No round was left")
    office.ended(run_id)
    office.workspace.send("alice", "prompts", "And now?", thread_ts=parent["ts"])
    offer = office.says("cannot go on after its end")
    assert "Run again…" in shown(offer)
    assert "Shall I go on" not in "\n".join(shown(message) for message in office.thread(parent))


def test_a_reply_steers_the_next_step(office: Office):
    parent, run_id = running(office)
    ts = office.workspace.send(
        "alice", "prompts", "Keep every number of the original.", thread_ts=parent["ts"]
    )
    office.workspace.wait(lambda: "eyes" in office.reactions(ts), 20, "eyes")
    office.model.control(hold_after=-1)
    assert {"type": "user", "user_id": "U000ALICE01"} in people_in(office.says("Used from"))
    assert office.ended(run_id) == "done"
    taken = [event for event in office.store.runs.events(run_id) if event.kind == "feedback_taken"]
    assert [event.text for event in taken] == ["Keep every number of the original."]


def test_a_restart_goes_on_and_pays_and_posts_nothing_twice(workspace, model, tmp_path):
    settings = settings_for(workspace, model, tmp_path)
    with bot_at_work(settings) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        parent, run_id = running(office)
        office.let_go_when_closing()
    with bot_at_work(settings) as (bot, store):
        office = Office(workspace, model, bot, store)
        assert office.ended(run_id) == "done"
        first_lines = [reply["text"].split(":")[0] for reply in office.thread(parent) if reply["text"]]
        assert len(first_lines) == len(set(first_lines))
        data = store.runs.read_file(run_id, RESULT + "evolved.jsonl")
        assert len(data.splitlines()) == len(ROWS)
        assert model.stats()["repeated"] <= settings.models.concurrency


def test_one_structured_prompt_is_evolved_and_tested(office: Office):
    prompt = "# Role\nYou sort support tickets.\n\n# Task\nWhich team should handle it?\n\n# Input\n{ticket}"
    view = open_form(office, prompt)
    assert view["title"]["text"] == "Evolve a prompt"
    assert office.workspace.submit("alice", {"examples": [("tickets.csv", TICKETS)]}) == {}
    final = office.says("held-out examples")
    run_id = run_id_of(office.says("Go to the result"))
    assert office.ended(run_id) == "done"
    started = office.store.runs.events(run_id)[0]
    assert started.algorithm == "evolve"
    assert "Round 1 of" in "\n".join(shown(reply) for reply in office.thread({"ts": final["thread_ts"]}))
