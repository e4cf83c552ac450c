"""Metrics as a person chooses them at a terminal: judges, own functions, options, what is shown at the end."""

import pytest

from sandbox.model.runner import RunningModel
from tests.cli.terminal import TICKETS, promptbeam, report_of


@pytest.fixture(scope="module")
def model():
    with RunningModel() as running:
        yield running


def optimize(folder, model, *arguments):
    models = ("--task-model", "simulated-small", "--optimizer-model", "simulated-large")
    given = (*TICKETS, "--preset", "quick", "--rounds", 1, *arguments)
    return promptbeam(folder, "optimize", *given, *models, "--base-url", model.url)


def test_a_judge_with_criteria_improves_a_prompt_and_its_calls_are_counted(tmp_path, model):
    model.control(reset=True)
    code, out, err = optimize(tmp_path, model, "--criteria", "In at most one word.", "--json")
    assert code == 0, err
    report = report_of(out)
    assert report["metric"] == "judge"
    assert report["calls"] == model.stats()["answered"] <= report["events"][0]["forecast_calls"]
    assert report["holdout"]["final_score"] >= report["holdout"]["seed_score"]
    assert all(item["why"] for item in report["changed"])


def test_labels_and_changed_examples_are_shown_at_the_end(tmp_path, model):
    code, out, err = optimize(tmp_path, model, "--metric", "macro-f1", "--json")
    assert code == 0
    report = report_of(out)
    assert report["holdout"]["test"] == "paired bootstrap of macro-f1"
    labels = {cell["expected"] for cell in report["confusion"]}
    for label in labels:
        assert f"  {label}: " in err
    held_out = report["holdout"]["n"]
    assert sum(cell["first"] for cell in report["confusion"]) == held_out
    assert ("Won: " in err) == bool(report["holdout"]["won"])
    assert len(report["changed"]) == report["holdout"]["won"] + report["holdout"]["lost"]


def test_a_function_of_ones_own_lies_where_the_command_is_called(tmp_path, model):
    (tmp_path / "own_metric.py").write_text(
        "def score(expected, answer):\n    return expected in answer.lower()\n"
        "def broken(expected, answer):\n    raise ValueError('secret')\n"
    )
    code, out, err = optimize(tmp_path, model, "--metric", "own_metric:score", "--target", "team", "--json")
    assert code == 0, err
    assert report_of(out)["metric"] == "own_metric:score"
    code, _, err = optimize(tmp_path, model, "--metric", "own_metric:broken", "--target", "team")
    assert code == 2
    assert "own_metric:broken" in err
    assert "ValueError" in err
    assert "secret" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--metric", "numeric"), "needs numbers"),
        (("--metric", "nope"), "'nope'"),
        (("--metric", "contains", "--metric-option", "case=1"), "'case'"),
        (("--metric-option", "tolerance"), "KEY=VALUE"),
        (("--metric", "regex", "--metric-option", "pattern=(a"), "not a valid regular expression"),
        (("--metric", "no.such.module:f"), "cannot be imported"),
        (("--metric", "label", "--criteria", "Be kind."), "does not read criteria"),
        (("--metric", "judge"), "needs criteria"),
    ],
)
def test_a_metric_that_cannot_work_is_refused_before_anything_is_paid(tmp_path, model, arguments, said):
    model.control(reset=True)
    code, out, err = optimize(tmp_path, model, *arguments)
    assert code == 2
    assert said in " ".join(err.split())
    assert out == ""
    assert model.stats()["answered"] == 0


def test_a_resumed_run_keeps_its_metric(tmp_path, model):
    code, out, _ = optimize(tmp_path, model, "--criteria", "In at most one word.", "--json")
    first = report_of(out)
    code, out, err = promptbeam(
        tmp_path, "optimize", "--resume", first["run_id"], "--json", "--base-url", model.url
    )
    assert code == 0, err
    again = report_of(out)
    assert (again["metric"], again["holdout"]) == ("judge", first["holdout"])
    assert again["calls"] == first["calls"]
