"""The evolving method of a finished evolution in the library, as a person at a terminal finds it."""

import pytest

from bot.cli.main import main
from sandbox.model.runner import RunningModel
from tests.cli.terminal import EXAMPLES, report_of

TASKS = EXAMPLES / "instructions" / "tasks.json"
SMALL = ("--candidates", 3, "--dev", 20, "--holdout", 16, "--no-apply", "--json")


@pytest.fixture(scope="module")
def model():
    with RunningModel() as running:
        yield running


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PROMPTBEAM_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def command(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([*map(str, arguments)])
        out, err = capsys.readouterr()
        assert ended.value.code == 0, err
        return out, err

    return command


@pytest.fixture
def evolve(run, model):
    models = (
        "--task-model",
        "simulated-small",
        "--optimizer-model",
        "simulated-large",
        "--base-url",
        model.url,
    )
    return lambda *arguments: report_of(run("evolve", *arguments, *models)[0])


def test_a_found_method_is_listed_shown_and_exported_with_what_it_came_from(run, evolve):
    report = evolve(TASKS, "--steps", 2, "--goal", "Harder school tasks", *SMALL)
    lineage = report["lineage"]
    assert len(lineage) > 1
    prompt_id = report["run_id"].replace("r-", "p-")
    listed, _ = run("prompts", "--kind", "method")
    assert listed.startswith(prompt_id)
    assert "Harder school tasks" in listed
    assert prompt_id in run("prompts", "school", "instruction", "constraint")[0]
    assert run("prompts", "--kind", "classify")[1].startswith("No prompt found")
    text, told = run("prompts", "--show", prompt_id)
    assert text.rstrip("\n") == report["final_method"].rstrip("\n")
    assert " → ".join(method["id"] for method in lineage) in told
    page, _ = run("export", prompt_id)
    assert all(method["text"] in page for method in lineage)
    assert f"{lineage[1]['id']}, made from {lineage[1]['parent']}" in page
    assert lineage[0]["text"] not in run("export", prompt_id, "--format", "openai")[0]


def test_an_evolution_that_goes_on_and_finds_another_method_adds_a_version(run, evolve):
    first = evolve(TASKS, "--steps", 1, *SMALL)
    run_id = first["run_id"]
    again = evolve("--resume", run_id, "--json")
    assert again["final_method"] == first["final_method"]
    assert len(run("prompts", "--kind", "method")[0].splitlines()) == 1
    further = evolve("--resume", run_id, "--steps", 4, "--json")
    assert further["final_method"] != first["final_method"]
    listed = run("prompts", "--kind", "method")[0].splitlines()
    names = [line.split()[0] for line in listed]
    assert names == [run_id.replace("r-", "p-") + "-2", run_id.replace("r-", "p-")]
    assert run("prompts", "--show", names[0])[0].rstrip("\n") == further["final_method"].rstrip("\n")


def test_without_a_search_or_a_test_there_is_no_method_to_keep(run, evolve):
    evolve(TASKS, "--steps", 0, *SMALL)
    evolve(TASKS, "--steps", 1, "--candidates", 2, "--dev", 12, "--holdout", 0, "--no-apply", "--json")
    assert run("prompts")[1].startswith("No prompt found")


def test_deleting_the_run_takes_its_method_along(run, evolve):
    report = evolve(TASKS, "--steps", 1, *SMALL)
    run("delete", report["run_id"], "--yes")
    assert run("prompts")[1].startswith("No prompt found")
