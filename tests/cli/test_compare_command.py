"""``promptbeam compare`` as a person runs it: table, files, equal splits, and what ends before anything is paid."""

import json
import re
import signal

import pytest

from sandbox.model.runner import RunningModel
from tests.cli.terminal import TICKETS, promptbeam, report_of, start

SMALL = ("--preset", "quick", "--rounds", 1)


@pytest.fixture(scope="module")
def model():
    with RunningModel() as running:
        yield running


def compare(folder, model, *arguments):
    models = ("--task-model", "simulated-small", "--optimizer-model", "simulated-large")
    return promptbeam(folder, "compare", *TICKETS, *arguments, *models, "--base-url", model.url)


def test_a_comparison_prints_a_table_and_writes_figures_and_plot(tmp_path, model):
    names = "protegi,mc,rl,self-feedback,racing"
    code, out, err = compare(
        tmp_path, model, "--algorithms", names, "--seeds", 1, *SMALL, "--out", "cmp", "--json"
    )
    assert code == 0, err
    report = report_of(out)
    assert [item["algorithm"] for item in report["summary"]] == names.split(",")
    for item in report["summary"]:
        low, high = item["interval"]
        assert 0 <= low < item["score"] < high <= 1
        assert item["runs"] == 1
        assert item["calls"] > 0
        assert item["tokens"] > 0
        assert item["wall_seconds"] > 0
    assert json.loads((tmp_path / "cmp" / "compare.json").read_text()) == report
    assert (tmp_path / "cmp" / "compare.png").read_bytes().startswith(b"\x89PNG")
    for heading in ("held out", "gain", "calls", "tokens", "cost", "seconds", "self-feedback"):
        assert heading in err


def test_runs_with_the_same_seed_hold_out_the_same_examples(tmp_path, model):
    code, out, err = compare(tmp_path, model, "--algorithms", "mc,protegi", "--seeds", 2, *SMALL, "--json")
    assert code == 0, err
    runs = report_of(out)["runs"]
    assert [(run["algorithm"], run["seed"]) for run in runs] == [
        ("mc", 0), ("mc", 1), ("protegi", 0), ("protegi", 1),
    ]  # fmt: skip
    by_seed = [{run["seed_score"] for run in runs if run["seed"] == seed} for seed in (0, 1)]
    assert [len(scores) for scores in by_seed] == [1, 1]


def test_what_was_understood_and_what_it_may_cost_is_told_once_and_first(tmp_path, model):
    code, out, err = compare(tmp_path, model, "--algorithms", "mc,rl", "--seeds", 2, *SMALL, "--json")
    assert code == 0, err
    lines = err.splitlines()
    bound = int(
        re.match(r"4 runs with simulated-small: at most ([\d,]+) calls", lines[0])[1].replace(",", "")
    )
    assert bound >= sum(run["calls"] for run in report_of(out)["runs"])
    assert "reads ticket, expects team" in lines[1]
    assert "metric label. The test can show differences from" in lines[1]
    assert err.count("reads ticket") == 1
    assert err.index("reads ticket") < err.index("1/4 mc, seed 0")


def test_no_run_lives_on_another_ones_answers(tmp_path, model):
    model.control(reset=True)
    code, out, _ = compare(
        tmp_path, model, "--algorithms", "mc,self-feedback", "--seeds", 1, *SMALL, "--json"
    )
    assert code == 0
    assert model.stats()["answered"] == sum(run["calls"] for run in report_of(out)["runs"])


def test_the_budget_holds_for_every_run(tmp_path, model):
    code, out, _ = compare(
        tmp_path, model, "--algorithms", "protegi,mc", "--seeds", 1, *SMALL, "--budget-calls", 240, "--json"
    )
    assert code == 0
    assert all(run["calls"] <= 240 for run in report_of(out)["runs"])


def test_without_json_table_and_plot_go_to_standard_output(tmp_path, model):
    code, out, err = compare(tmp_path, model, "--algorithms", "mc", "--seeds", 1, *SMALL)
    assert code == 0
    assert "held out" in out
    assert "Best candidate on search examples, score" in out
    assert re.search(r"\d% \| +m+\n", out)
    assert "   m mc\n" in out
    assert "1/1 mc, seed 0" in err


@pytest.mark.parametrize(
    ("names", "says"), [("mc,none", "no algorithm 'none'"), (" , ", "--algorithms is empty")]
)
def test_an_unknown_algorithm_ends_before_anything_is_paid(tmp_path, model, names, says):
    model.control(reset=True)
    code, out, err = compare(tmp_path, model, "--algorithms", names, *SMALL)
    assert code == 2
    assert says in err
    assert "racing" in err
    assert out == ""
    assert model.stats()["requests"] == 0


def test_an_interrupt_ends_with_the_runs_that_are_done(tmp_path, model):
    process = start(
        tmp_path, "compare", *TICKETS, "--algorithms", "mc,rl", "--seeds", 50, *SMALL, "--json",
        "--task-model", "simulated-small", "--optimizer-model", "simulated-large", "--base-url", model.url,
    )  # fmt: skip
    while "1/100 mc, seed 0" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Stopped" in err
    assert 1 <= len(report_of(out)["runs"]) < 100
