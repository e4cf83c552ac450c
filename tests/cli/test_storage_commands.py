"""``backup``, ``restore``, ``delete``, ``retention`` and the filters of ``prompts``, as one types them."""

import json
import shutil

import pytest

from storage.store import Store
from storage.visibility import Viewer
from tests.cli.terminal import TICKETS, promptbeam, report_of

OWNER = Viewer("", "", everything=True)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A folder with one finished run in it, and that run's id."""
    folder = tmp_path_factory.mktemp("finished")
    arguments = ("--simulated", "--preset", "quick", "--rounds", 1, "--json", "--out", "res")
    code, out, err = promptbeam(folder, "optimize", *TICKETS, *arguments)
    assert code == 0, err
    return folder, report_of(out)["run_id"]


@pytest.fixture
def finished(original, tmp_path):
    """A copy of the folder with the finished run; the run's result files are in the original alone."""
    folder, run_id = original
    shutil.copytree(folder / "data", tmp_path / "data")
    return tmp_path, run_id


def run(folder, *arguments, code=0, **env):
    """Run a command that must end with ``code``; return all it said."""
    got, out, err = promptbeam(folder, *arguments, **env)
    assert got == code, out + err
    return out + err


def test_a_run_is_backed_up_deleted_brought_back_and_deleted_by_its_prompt(finished, original):
    folder, run_id = finished
    prompt_id = "p-" + run_id.removeprefix("r-")
    assert "1 runs, 1 prompts" in run(folder, "backup", "copy.sqlite")
    assert "there already" in run(folder, "backup", "copy.sqlite", code=2)
    assert "1 result files" not in run(folder, "delete", "r-nothing", "--yes", code=2)
    said = run(folder, "delete", run_id, "--yes")
    assert "1 runs, 1 prompts" in said
    assert "3 result files" in said
    assert list((original[0] / "res").iterdir()) == []
    assert "No prompt found" in run(folder, "prompts", "ticket")
    assert "--force" in run(folder, "restore", "copy.sqlite", code=2)
    said = run(folder, "restore", "copy.sqlite", "--force")
    assert "Restored 1 runs and 1 prompts" in said
    assert "Indexed 1 prompts" in said
    assert prompt_id in run(folder, "prompts", "ticket")
    resumed = run(folder, "optimize", "--resume", run_id, "--json")
    assert json.loads(resumed[resumed.index("{") : resumed.rindex("}") + 1])["run_id"] == run_id
    assert "1 runs" in run(folder, "delete", prompt_id, "--yes")
    assert "no file" in run(folder, "restore", "missing.sqlite", code=2)


def test_prompts_are_narrowed_by_options(finished):
    folder, _run_id = finished
    with Store(folder / "data") as store:
        (record,) = store.prompts.recent(OWNER)
        store.prompts.review(record.id, "accept", OWNER)
    for fits in (
        ["--kind", "classify", "--since", "2020-01-01", "--gain", "-100", "--status", "accepted"],
        ["--owner", record.owner, "ticket"],
    ):
        assert record.id in run(folder, "prompts", *fits)
    for misses in (
        ["--kind", "extract"],
        ["--since", "2999-01-01"],
        ["--status", "rejected"],
        ["--channel", "C1"],
    ):
        assert "fewer filters" in run(folder, "prompts", *misses)
    run(folder, "prompts", "--kind", "poetry", code=2)


def test_retention_keeps_what_is_young_and_what_is_accepted(finished):
    folder, run_id = finished
    assert "RETENTION_DAYS" in run(folder, "retention", code=2)
    run(folder, "retention", code=2, RETENTION_DAYS="0")
    assert "Deleted 0 runs" in run(folder, "retention", RETENTION_DAYS="30")
    with Store(folder / "data") as store:
        store.runs.set_status(run_id, "done", at=1000.0)
        (record,) = store.prompts.recent(OWNER)
        store.prompts.set_status(record.id, "accepted", OWNER)
        store.run_reviews.add(record.run_id, "request_changes", "U1", "Be kinder.")
    assert "U1 wants changed: Be kinder." in run(folder, "prompts", "--show", record.id)
    assert "Deleted 1 runs, 0 prompts" in run(folder, "retention", "--days", "30")
    assert record.id in run(folder, "prompts")


def test_a_run_with_memory_is_told_what_a_similar_run_learned(finished):
    folder, run_id = finished
    arguments = ("--simulated", "--preset", "quick", "--rounds", 1, "--json", "--seed", 3)
    with Store(folder / "data") as store:
        learned = [text for (text,) in store.database.rows("SELECT text FROM lessons")]
        assert learned, "the run was not shown to be better"
    code, out, err = promptbeam(folder, "optimize", *TICKETS, *arguments, "--memory")
    assert code == 0, err
    assert f"Remembered from run {run_id}" in err
    report = report_of(out)
    told = [event for event in report["events"] if event["kind"] == "feedback_taken"]
    assert [event["text"] for event in told] == learned[:1]
    with Store(folder / "data") as store:
        assert store.runs.get(report["run_id"]).request["lessons"] == learned[:1]
    code, out, err = promptbeam(folder, "optimize", *TICKETS, *arguments)
    assert code == 0
    assert "Remembered" not in err
