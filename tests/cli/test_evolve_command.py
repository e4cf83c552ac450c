"""``promptbeam evolve`` as a person runs it: files, shapes, bad rows, exit codes, stopping and going on."""

import json
import os
import shutil
import signal

import pyarrow.parquet as pq
import pytest

from bot.cli.main import main
from sandbox.model.runner import RunningModel
from tests.cli.terminal import EXAMPLES, promptbeam, report_of, start
from tests.instructions.files import jsonl

INSTRUCTIONS = EXAMPLES / "instructions"
TASKS = INSTRUCTIONS / "tasks.json"
SMALL = ("--steps", 1, "--candidates", 2, "--dev", 12, "--holdout", 8)
MODELS = ("--task-model", "simulated-small", "--optimizer-model", "simulated-large")
FILES = {"method.txt", "report.json", "failure_rates.png", "evolved.jsonl", "evolved.parquet", "failed.jsonl"}


@pytest.fixture(scope="module")
def model():
    with RunningModel() as running:
        yield running


def evolve(folder, model, *arguments, **env):
    return promptbeam(folder, "evolve", *arguments, *MODELS, "--base-url", model.url, **env)


@pytest.fixture
def here(tmp_path, monkeypatch, capsys, model):
    """Runs the command in this process, which spares its start; otherwise as ``evolve``."""
    for name in [
        name for name in os.environ if name.startswith(("OPENAI_", "SLACK_", "PROMPTBEAM_", "BOT_"))
    ]:
        monkeypatch.delenv(name)
    for name, value in {"PROMPTBEAM_DATA": str(tmp_path / "data"), "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([*map(str, arguments), *MODELS, "--base-url", model.url])
        return ended.value.code, *capsys.readouterr()

    return run


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_writes_method_report_plot_and_a_row_for_every_row(tmp_path, model):
    code, out, err = evolve(tmp_path, model, TASKS, *SMALL, "--answers", "--out", "res", "--json")
    assert code == 0, err
    report, res = report_of(out), tmp_path / "res"
    assert {path.name for path in res.iterdir()} == FILES
    assert json.loads((res / "report.json").read_text()) == report
    assert report.keys() >= {"final_method", "failure_rate", "calls", "wall_seconds", "run_id", "verdict"}
    assert (res / "method.txt").read_bytes() == report["final_method"].encode()
    assert (res / "failure_rates.png").read_bytes().startswith(b"\x89PNG")
    rows = lines(res / "evolved.jsonl")
    assert len(rows) == report["rows"]["total"] == 64
    assert pq.read_table(res / "evolved.parquet").to_pylist() == rows
    failed = lines(res / "failed.jsonl")
    assert len(failed) == report["rows"]["kept"] + report["rows"]["unusable"]
    assert len(failed) + report["rows"]["evolved"] == 64
    assert [event["kind"] for event in report["events"]][:: len(report["events"]) - 1] == [
        "evolution_started",
        "evolution_finished",
    ]
    assert "First method" in err
    assert "before:" in err


@pytest.mark.parametrize(
    ("name", "form", "keys"),
    [
        ("help-desk.sharegpt.jsonl", "same", {"id", "conversations"}),
        ("help-desk.sharegpt.jsonl", "openai", {"messages"}),
        ("people.openai.jsonl", "alpaca", {"instruction", "input", "output"}),
        ("arithmetic.csv", "same", {"question", "answer"}),
        ("seed_tasks.jsonl", "same", {"id", "name", "instruction", "instances", "is_classification"}),
        ("tasks.parquet", "openai", {"messages"}),
    ],
)
def test_every_shape_is_evolved_and_written_in_the_form_that_was_asked_for(tmp_path, here, name, form, keys):
    code, _, err = here(
        "evolve", INSTRUCTIONS / name, "--steps", 0, "--format", form, "--answers", "--out", "res"
    )
    assert code == 0, err
    rows = lines(tmp_path / "res" / "evolved.jsonl")
    assert rows
    assert all(row.keys() == keys for row in rows)
    assert pq.read_metadata(tmp_path / "res" / "evolved.parquet").num_rows == len(rows)


def test_bad_rows_are_named_kept_in_their_place_and_counted(tmp_path, here):
    data = INSTRUCTIONS / "with-bad-rows.jsonl"
    code, out, err = here("evolve", data, "--steps", 0, "--out", "res", "--json")
    assert code == 0, err
    report = report_of(out)
    assert (report["rows"]["total"], report["rows"]["unusable"]) == (18, 6)
    for says in ("row 5 has an empty", "row 6 has no field", "row 7 repeats row 1", "row 9 is not UTF-8"):
        assert says in err
        assert any(says in warning for warning in report["warnings"])
    rows = lines(tmp_path / "res" / "evolved.jsonl")
    assert len(rows) == 18
    assert rows[4] == {"instruction": "", "input": "", "output": "An answer to nothing."}
    unusable = {row["row"] for row in lines(tmp_path / "res" / "failed.jsonl") if row["fate"] == "unusable"}
    assert unusable == {5, 6, 7, 8, 9, 10}


BAD = {
    "refused rows": (INSTRUCTIONS / "with-bad-rows.jsonl", ("--bad-rows", "refuse"), "row 5 has an empty"),
    "no such file": ("none.jsonl", (), "no file"),
    "no such field": (INSTRUCTIONS / "arithmetic.csv", ("--field", "wish"), "no field 'wish'"),
    "prompt file": (EXAMPLES / "support-tickets" / "tickets.csv", (), "none of the fields"),
    "too few": (INSTRUCTIONS / "arithmetic.csv", ("--budget-calls", 3), "budget"),
    "no data": (None, (), "DATA is needed"),
    "empty method": (TASKS, ("--method", "empty.txt"), "empty.txt is empty"),
    "unknown run": (TASKS, ("--resume", "r-none"), "no run"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_with_the_way_out_and_costs_nothing(tmp_path, here, model, name):
    data, options, says = BAD[name]
    (tmp_path / "empty.txt").write_text(" \n")
    model.control(reset=True)
    code, out, err = here("evolve", *([data] if data else []), *options)
    assert code == 2
    assert says in err
    assert out == ""
    assert "Traceback" not in err
    assert model.stats()["requests"] == 0


def test_a_method_of_ones_own_is_applied_as_it_is_with_no_steps(tmp_path, here):
    method = "Step 1. Think of a harder form.\nStep 2. Write it — “exactly”."
    (tmp_path / "m.txt").write_text(method, encoding="utf-8")
    code, out, err = here(
        "evolve",
        INSTRUCTIONS / "arithmetic.csv",
        "--method",
        "m.txt",
        "--steps",
        0,
        "--out",
        "res",
        "--json",
    )
    assert code == 0, err
    assert report_of(out)["final_method"] == method
    assert (tmp_path / "res" / "method.txt").read_text(encoding="utf-8") == method


def test_without_applying_the_method_alone_goes_to_standard_output(tmp_path, here):
    code, out, err = here("evolve", TASKS, *SMALL, "--no-apply")
    assert code == 0, err
    assert out.startswith("Step 1.")
    assert not list((tmp_path / "data" / "evolved").glob("*.jsonl"))


def test_without_a_folder_the_rows_are_kept_and_written_when_the_run_is_opened_again(tmp_path, here, model):
    _, _, err = here("evolve", INSTRUCTIONS / "arithmetic.csv", "--steps", 0)
    run_id = err.split("--resume ")[1].split()[0]
    model.control(reset=True)
    code, _, err = here("evolve", "--resume", run_id, "--out", "res")
    assert code == 0, err
    assert len(lines(tmp_path / "res" / "evolved.jsonl")) == 8
    assert model.stats()["answered"] == 0


def test_an_interrupt_leaves_a_run_that_goes_on(tmp_path, model):
    data = tmp_path / "many.jsonl"
    data.write_bytes(jsonl([{"instruction": f"Explain parcel number {n} to a child."} for n in range(400)]))
    model.control(latency_ms=10)
    process = start(
        tmp_path, "evolve", data, "--steps", 0, "--json", *MODELS, "--base-url", model.url, PROMPTBEAM_CONCURRENCY="8"
    )  # fmt: skip
    while "Applying" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    model.control(latency_ms=0)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    stopped = report_of(out)
    assert stopped["stopped_because"] == "cancelled"
    assert f"--resume {stopped['run_id']}" in err
    code, out, err = evolve(tmp_path, model, "--resume", stopped["run_id"], "--out", "res", "--json")
    assert code == 0, err
    assert report_of(out)["rows"]["total"] == len(lines(tmp_path / "res" / "evolved.jsonl")) == 400


def test_changed_data_are_refused_and_a_copy_elsewhere_is_taken(tmp_path, here):
    data = tmp_path / "d.csv"
    shutil.copy(INSTRUCTIONS / "arithmetic.csv", data)
    code, out, _ = here("evolve", data, "--steps", 0, "--json")
    run_id = report_of(out)["run_id"]
    data.write_text(data.read_text() + "One more?,1\n")
    code, out, err = here("evolve", "--resume", run_id)
    assert code == 2
    assert "has changed since run" in err
    code, out, err = here("evolve", INSTRUCTIONS / "arithmetic.csv", "--resume", run_id, "--json")
    assert code == 0, err
    assert report_of(out)["rows"]["total"] == 8


def test_a_finished_run_searches_on_with_more_steps_and_applies_what_it_finds(tmp_path, here):
    options = ("--candidates", 2, "--dev", 12, "--holdout", 8, "--patience", 0)
    _, out, _ = here("evolve", TASKS, "--steps", 0, *options, "--json")
    first = report_of(out)
    code, out, err = here("evolve", "--resume", first["run_id"], "--steps", 1, "--out", "res", "--json")
    assert code == 0, err
    assert report_of(out)["steps"] == 1
    assert report_of(out)["rows"]["total"] == len(lines(tmp_path / "res" / "evolved.jsonl")) == 64
    searched = report_of(out)["holdout"]
    assert searched["look"] == 1  # the first method was only compared with itself before
    _, out, err = here("evolve", "--resume", first["run_id"], "--steps", 3, "--json")
    further = report_of(out)["holdout"]
    assert further["rows"] == searched["rows"]
    assert further["look"] == (1 if further["pair"] == searched["pair"] else 2)


def test_a_model_that_cannot_be_reached_ends_with_three_and_how_to_go_on(tmp_path):
    code, _, err = promptbeam(
        tmp_path, "evolve", TASKS, *SMALL, "--base-url", "http://127.0.0.1:9/v1", "--task-model", "m",
        PROMPTBEAM_MODEL_RETRIES="0",
    )  # fmt: skip
    assert code == 3
    assert "evolve --resume r-" in err
    assert "Traceback" not in err


def test_a_run_of_another_kind_is_not_resumed(tmp_path, here):
    from storage.runs import Place, RunRecord
    from storage.store import Store

    with Store(tmp_path / "data") as store:
        store.runs.create(RunRecord("r-1", "optimize", "done", "me", Place("", "", "terminal"), {}, 0.0))
    code, _, err = here("evolve", "--resume", "r-1")
    assert code == 2
    assert "promptbeam optimize --resume r-1" in err


def test_auto_evol_and_evol_instruct_are_compared_in_one_table_and_one_plot(tmp_path, here, model):
    model.control(reset=True)
    code, out, err = here("evolve-compare", TASKS, *SMALL, "--out", "cmp", "--json")
    assert code == 0, err
    report = report_of(out)
    assert [item["algorithm"] for item in report["summary"]] == ["auto-evol", "evol-instruct"]
    for item in report["summary"]:
        low, high = item["interval"]
        assert 0 <= low <= item["failure_rate"] <= high <= 1
        assert item["holdout_size"] == 8
        assert item["calls"] > 0
        assert item["wall_seconds"] > 0
    assert json.loads((tmp_path / "cmp" / "compare.json").read_text()) == report
    assert (tmp_path / "cmp" / "compare.png").read_bytes().startswith(b"\x89PNG")
    assert model.stats()["answered"] == sum(run["calls"] for run in report["runs"])
    for heading in ("fail", "calls", "tokens", "cost", "seconds", "evol-instruct"):
        assert heading in err
