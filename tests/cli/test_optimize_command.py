"""``promptbeam optimize`` as a person runs it: files, exit codes, reports, bad input."""

import json

import pytest

from sandbox.model.runner import RunningModel
from tests.cli.terminal import ROOT, TICKETS, cold_promptbeam, promptbeam, report_of

MODELS = ("--task-model", "simulated-small", "--optimizer-model", "simulated-large")
SHARED = ROOT.parent / "shared" / "data"
REPORT_FIELDS = {
    "seed_prompt", "final_prompt", "verdict", "holdout", "calls", "tokens", "cost",
    "wall_seconds", "stopped_because", "run_id", "events",
}  # fmt: skip


@pytest.fixture(scope="module")
def model():
    with RunningModel() as running:
        yield running


def optimize(folder, model, *arguments, **env):
    return promptbeam(folder, "optimize", *arguments, *MODELS, "--base-url", model.url, **env)


def test_a_run_writes_prompt_report_and_plot(tmp_path, model):
    arguments = (*TICKETS, *MODELS, "--base-url", model.url, "--preset", "quick", "--out", "res", "--json")
    code, out, err = cold_promptbeam(tmp_path, "optimize", *arguments)
    assert code == 0, err
    report = report_of(out)
    assert report.keys() >= REPORT_FIELDS
    assert report["holdout"].keys() >= {"seed_score", "final_score", "interval", "n"}
    written = json.loads((tmp_path / "res" / "report.json").read_text())
    assert written == report
    assert (tmp_path / "res" / "prompt.txt").read_text() == report["final_prompt"]
    assert (tmp_path / "res" / "scores.png").read_bytes().startswith(b"\x89PNG")
    assert "Held out" in err
    assert report["events"][0]["kind"] == "run_started"
    assert report["events"][-1]["kind"] == "run_finished"


def test_without_a_folder_the_final_prompt_alone_goes_to_standard_output(tmp_path, model):
    code, out, _ = optimize(tmp_path, model, *TICKETS, "--preset", "quick", "--rounds", 1)
    assert code == 0
    assert "{ticket}" in out


def test_a_budget_in_calls_holds_at_the_server(tmp_path, model):
    model.control(reset=True)
    code, out, _ = optimize(tmp_path, model, *TICKETS, "--preset", "quick", "--budget-calls", 260, "--json")
    assert code == 0
    report = report_of(out)
    assert report["stopped_because"] == "budget"
    assert report["calls"] <= 260
    assert model.stats()["answered"] <= 260


def test_a_budget_in_minutes_ends_a_slow_run(tmp_path):
    with RunningModel(latency_ms=200) as slow:
        code, out, err = optimize(tmp_path, slow, *TICKETS, "--budget-minutes", 0.025, "--json")
    assert code == 0, err
    report = report_of(out)
    assert report["stopped_because"] == "budget"
    assert "The budget of 2 seconds does not allow the next step" in err


def test_equal_seeds_give_equal_final_prompts_whatever_the_latency(tmp_path, model):
    candidates = set()
    for number, jitter in enumerate((0.0, 0.9)):
        model.control(latency_ms=5, jitter=jitter)
        folder = tmp_path / str(number)
        folder.mkdir()
        _, out, _ = optimize(folder, model, *TICKETS, "--preset", "quick", "--seed", 5, "--json")
        candidates.add(report_of(out)["candidate_prompt"])
    model.control(latency_ms=0, jitter=0)
    assert len(candidates) == 1


def test_the_simulated_flag_needs_no_server_and_no_key(tmp_path):
    code, out, err = promptbeam(tmp_path, "optimize", *TICKETS, "--preset", "quick", "--simulated", "--json")
    assert code == 0, err
    assert report_of(out)["task_model"].startswith("simulated")


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="NOTE: ../shared/data is not here; LIAR and ETHOS not run")
@pytest.mark.parametrize(
    ("file", "prompt"),
    [
        (
            "liar/test.jsonl",
            "Is this statement a lie? Answer 1 for a lie, 0 for the truth.\n\nStatement: {text}",
        ),
        (
            "ethos/ethos_ishate_binary_shuf.csv",
            "Is the comment hate speech? Answer 0 or 1.\n\nComment: {comment}",
        ),
    ],
)
def test_public_data_end_with_a_verdict_and_a_report(tmp_path, model, file, prompt):
    (tmp_path / "p.txt").write_text(prompt)
    code, out, err = optimize(tmp_path, model, "p.txt", SHARED / file, "--preset", "quick", "--json")
    assert code == 0, err
    report = report_of(out)
    assert report["verdict"] in ("better", "not shown", "worse")
    assert report["holdout"]["n"] == 100


ROWS = "".join(f"row {i},{'ab'[i % 2]}\n" for i in range(40))
BAD = {
    "empty prompt": ("", f"text,label\n{ROWS}", "p.txt is empty"),
    "no examples": ("p {text}", "", "is empty"),
    "one label": ("p {text}", "text,label\n" + "".join(f"row {i},a\n" for i in range(40)), "same label"),
    "broken row": ("p {text}", f"text,label\n{ROWS}x,y,z\n", "row 41"),
    "missing column": ("p {mail} {text}", f"text,label\n{ROWS}", "{mail}"),
    "web page": ("p {text}", "<!doctype html><html></html>", "web page"),
    "long prompt": ("x" * 100_000, f"text,label\n{ROWS}", "100,000"),
    "few examples": ("p {text}", "text,label\na,x\nb,y\n", "at least 20"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_with_the_way_out_and_costs_nothing(tmp_path, model, name):
    prompt, rows, says = BAD[name]
    (tmp_path / "p.txt").write_text(prompt)
    (tmp_path / "e.csv").write_text(rows)
    model.control(reset=True)
    code, out, err = optimize(tmp_path, model, "p.txt", "e.csv")
    assert code == 2
    assert says in err
    assert out == ""
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 2
    assert model.stats()["requests"] == 0


def test_another_encoding_and_a_sixty_megabyte_file_are_named(tmp_path, model):
    (tmp_path / "p.txt").write_text("p {text}")
    (tmp_path / "latin.csv").write_bytes(b"text,label\ncaf\xe9,a\n")
    (tmp_path / "big.csv").write_bytes(b"x" * 60_000_000)
    for name, says in (("latin.csv", "not UTF-8"), ("big.csv", "60 MB"), ("none.csv", "no file")):
        code, _, err = optimize(tmp_path, model, "p.txt", name)
        assert code == 2
        assert says in err


def test_a_model_that_cannot_be_reached_ends_with_three_and_how_to_go_on(tmp_path):
    code, _, err = promptbeam(
        tmp_path,
        "optimize", *TICKETS, "--preset", "quick", "--base-url", "http://127.0.0.1:9/v1", "--task-model", "m",
        PROMPTBEAM_MODEL_RETRIES="0",
    )  # fmt: skip
    assert code == 3
    assert "cannot be reached" in err
    assert "--resume r-" in err
    assert "Traceback" not in err


def test_a_missing_key_is_named(tmp_path):
    code, _, err = promptbeam(tmp_path, "optimize", *TICKETS)
    assert code == 2
    assert "OPENAI_API_KEY" in err


def test_an_unknown_run_cannot_be_resumed(tmp_path):
    code, _, err = promptbeam(tmp_path, "optimize", "--resume", "r-none", "--simulated")
    assert code == 2
    assert "no run" in err


def test_past_prompts_can_be_searched_shown_and_reindexed(tmp_path, model):
    optimize(tmp_path, model, *TICKETS, "--preset", "quick", "--rounds", 1)
    code, out, _ = promptbeam(tmp_path, "prompts", "which", "team", "ticket")
    assert code == 0
    prompt_id = out.split()[0]
    _, shown, _ = promptbeam(tmp_path, "prompts", "--show", prompt_id)
    assert "{ticket}" in shown
    assert promptbeam(tmp_path, "reindex")[1].strip() == "Indexed 1 prompts."


def test_an_ended_run_that_is_extended_tells_its_whole_story_anew(tmp_path, model):
    from optimizer.stored_events import event_to_dict
    from storage.store import Store

    _, out, _ = optimize(tmp_path, model, *TICKETS, "--preset", "quick", "--rounds", 1, "--json")
    short = report_of(out)
    code, out, err = optimize(tmp_path, model, "--resume", short["run_id"], "--rounds", 2, "--json")
    assert code == 0, err
    extended = report_of(out)
    assert extended["run_id"] == short["run_id"]
    assert (short["rounds"], extended["rounds"]) == (1, 2)
    with Store(tmp_path / "data") as store:
        stored = [event_to_dict(event) for event in store.runs.events(short["run_id"])]
    assert [event["kind"] for event in stored] == [event["kind"] for event in extended["events"]]
    assert stored[-1]["rounds"] == 2
    assert short["holdout"]["look"] == 1
    same = short["candidate_prompt"] == extended["candidate_prompt"]
    assert extended["holdout"]["look"] == (1 if same else 2)
    assert ("test number 2 on the same held-out rows" in err) is not same
    _, out, _ = optimize(tmp_path, model, "--resume", short["run_id"], "--json")
    assert report_of(out)["holdout"] == short["holdout"]
