"""``promptbeam export`` and the way back: what it writes is a prompt file for ``promptbeam optimize``."""

import json

import pytest
import yaml

from tests.cli.terminal import TICKETS, promptbeam, report_of


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with one finished run in it, and that run's prompt."""
    folder = tmp_path_factory.mktemp("export")
    arguments = ("--simulated", "--preset", "quick", "--rounds", 1, "--json")
    code, out, err = promptbeam(folder, "optimize", *TICKETS, *arguments)
    assert code == 0, err
    report = report_of(out)
    return folder, "p-" + report["run_id"].removeprefix("r-"), report["final_prompt"]


def export(finished, *arguments):
    folder, prompt_id, _ = finished
    code, out, err = promptbeam(folder, "export", prompt_id, *arguments)
    assert code == 0, err
    return out


def test_every_format_is_written(finished):
    assert finished[2].strip() in export(finished)
    assert json.loads(export(finished, "--format", "langchain"))["kwargs"]["input_variables"] == ["ticket"]
    assert json.loads(export(finished, "--format", "openai"))[0]["role"] == "user"
    config = yaml.safe_load(export(finished, "--format", "promptfoo", "--examples", 3))
    assert len(config["tests"]) == 3
    assert all(set(test["vars"]) == {"ticket"} for test in config["tests"])
    assert "tests" not in yaml.safe_load(export(finished, "--format", "promptfoo", "--examples", 0))


@pytest.mark.parametrize(
    ("format_name", "name"), [("langchain", "p.json"), ("openai", "p.json"), ("promptfoo", "p.yaml")]
)
def test_an_exported_prompt_can_be_optimised_again(finished, format_name, name):
    folder, _, prompt = finished
    export(finished, "--format", format_name, "--out", name)
    arguments = ("--simulated", "--preset", "quick", "--rounds", 1, "--json")
    code, out, err = promptbeam(folder, "optimize", name, TICKETS[1], *arguments)
    assert code == 0, err
    assert report_of(out)["seed_prompt"] == prompt


def test_an_unknown_prompt_or_format_or_folder_is_bad_input(finished):
    folder, prompt_id, _ = finished
    assert promptbeam(folder, "export", "p-nothing")[0] == 2
    assert promptbeam(folder, "export", prompt_id, "--format", "docx")[0] == 2
    code, _, err = promptbeam(folder, "export", prompt_id, "--out", "missing/p.md")
    assert code == 2
    assert "missing" in err
