"""``promptbeam evolve-prompt`` as a person runs it: inputs without answers, files, bad input, kill and resume."""

import json

import pytest

from sandbox.model.runner import RunningModel
from tests.cli.terminal import EXAMPLES, TICKETS, promptbeam, report_of, start
from tests.cli.test_kill_and_resume import stored_run, wait_until

FOLDER = EXAMPLES / "customer-replies"
MAILS = (FOLDER / "prompt.txt", FOLDER / "mails.csv")
CRITERIA = ("--criteria", (FOLDER / "criteria.txt").read_text())
MODELS = ("--task-model", "simulated-small", "--optimizer-model", "simulated-large")
QUICK = ("--preset", "quick", "--json")


@pytest.fixture(scope="module")
def model():
    with RunningModel() as running:
        yield running


def evolve(folder, model, *arguments, **env):
    return promptbeam(folder, "evolve-prompt", *arguments, *MODELS, "--base-url", model.url, **env)


def test_inputs_without_answers_give_a_prompt_a_report_and_the_reasons_by_section(tmp_path, model):
    code, out, err = evolve(tmp_path, model, *MAILS, *CRITERIA, *QUICK, "--out", "res")
    assert code == 0, err
    report = report_of(out)
    assert report["algorithm"] == "evolve"
    assert report["verdict"] == "better"
    assert report["holdout"]["n"] == 35
    assert json.loads((tmp_path / "res" / "report.json").read_text()) == report
    assert (tmp_path / "res" / "prompt.txt").read_text() == report["final_prompt"]
    assert (tmp_path / "res" / "scores.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "res" / "changes.md").read_text()
    assert "Verdict: **better**" in page
    assert report["sections"]
    for section in report["sections"]:
        assert f"## {section['heading']}\n\n- " in page
        added = set(section["after"].splitlines()) - set(section["before"].splitlines())
        assert all(f"+{line}" in page for line in added)
        assert section["reasons"]
    assert "changes.md" in err
    for heading in (line for line in MAILS[0].read_text().splitlines() if line.startswith("#")):
        assert heading in report["final_prompt"].splitlines()


def test_labelled_examples_generations_variants_and_sections_are_taken(tmp_path, model):
    prompt = "# Role\nYou sort mail.\n\n# Rules\nTeams: billing, bug, account, shipping, feature\n\n# Input\n{ticket}\n"
    (tmp_path / "p.txt").write_text(prompt)
    code, out, err = evolve(
        tmp_path,
        model,
        "p.txt",
        TICKETS[1],
        *QUICK,
        "--generations",
        1,
        "--variants",
        3,
        "--section",
        "Rules",
    )
    assert code == 0, err
    report = report_of(out)
    assert report["rounds"] == 1
    proposed = [event for event in report["events"] if event["kind"] == "candidates_proposed"]
    assert 1 <= len(proposed[0]["proposals"]) <= 3
    assert {section["heading"] for section in report["sections"]} == {"Rules"}
    assert report["final_prompt"].startswith("# Role\nYou sort mail.\n\n# Rules\n")


BAD = {
    "no criteria": ((*MAILS,), "no column looks like the expected answer"),
    "no such section": ((*MAILS, *CRITERIA, "--section", "Tone"), "no section 'Tone'"),
    "no file": ((MAILS[0], "none.csv", *CRITERIA), "no file"),
    "nothing": ((), "PROMPT_FILE and EXAMPLES_FILE are needed"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_with_the_way_out_and_costs_nothing(tmp_path, model, name):
    arguments, says = BAD[name]
    model.control(reset=True)
    code, out, err = evolve(tmp_path, model, *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.strip().splitlines()) == 2
    assert model.stats()["requests"] == 0


def test_a_killed_run_is_resumed_by_its_own_command_and_pays_nothing_twice(tmp_path, model):
    arguments = ("evolve-prompt", *MAILS, *CRITERIA, "--preset", "quick")
    more = (*MODELS, "--base-url", model.url, "--json")
    env = {"PROMPTBEAM_CONCURRENCY": "8"}
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    calm.mkdir()
    rough.mkdir()
    undisturbed = report_of(promptbeam(calm, *arguments, *more, **env)[1])
    model.control(reset=True, hold_after=150)
    process = start(rough, *arguments, *more, **env)
    assert wait_until(lambda: model.stats()["answered"] >= 150, process)
    process.kill()
    process.communicate()
    model.control(hold_after=-1)
    run_id = stored_run(rough)
    code, _, err = promptbeam(rough, "optimize", "--resume", run_id, *more, **env)
    assert code == 2
    assert f"promptbeam evolve-prompt --resume {run_id}" in err
    code, out, err = promptbeam(rough, "evolve-prompt", "--resume", run_id, *more, **env)
    assert code == 0, err
    stats = model.stats()
    report = report_of(out)
    for name in ("candidate_prompt", "final_prompt", "holdout", "calls", "sections"):
        assert report[name] == undisturbed[name]
    assert [e["kind"] for e in report["events"]] == [e["kind"] for e in undisturbed["events"]]
    assert stats["repeated"] <= 8
