"""An evolution killed with SIGKILL at ten random points: every row once, equal method and data, no call paid twice."""

import json
import random
import sqlite3

from sandbox.model.runner import RunningModel
from tests.cli.terminal import promptbeam, report_of, start
from tests.cli.test_kill_and_resume import stored_run, wait_until
from tests.instructions.files import jsonl

KILLS = 10
CONCURRENCY = 8
OPTIONS = (
    "--steps", 2, "--candidates", 2, "--batch", 6, "--dev", 12, "--holdout", 8, "--answers", "--json",
    "--task-model", "simulated-s", "--optimizer-model", "simulated-l",
)  # fmt: skip
SUBJECTS = ("a pallet", "a van", "a scanner", "a label", "an invoice", "a depot")
ROWS = [
    {
        "instruction": f"Explain to colleague number {n} how {SUBJECTS[n % 6]} is checked on day {n % 31}.",
        "output": "",
    }
    for n in range(150)
]


def evolve(folder, model, *arguments):
    env = {"PROMPTBEAM_CONCURRENCY": str(CONCURRENCY)}
    return promptbeam(folder, "evolve", *arguments, *OPTIONS, "--base-url", model.url, "--out", "res", **env)


def test_an_evolution_killed_at_ten_random_points_ends_like_an_undisturbed_one(tmp_path):
    data = tmp_path / "rows.jsonl"
    data.write_bytes(jsonl([*ROWS, {"instruction": "", "output": "x"}, ROWS[3]]))
    rng = random.Random(4)
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    calm.mkdir()
    rough.mkdir()
    with RunningModel() as model:
        code, out, err = evolve(calm, model, data)
        assert code == 0, err
        undisturbed, calm_stats = report_of(out), model.stats()
        model.control(reset=True)
        arguments = [data]
        every = calm_stats["answered"] // (KILLS + 1)
        for number in range(1, KILLS + 1):
            goal = rng.randrange(every * number - every // 2, every * number)
            model.control(hold_after=goal - model.stats()["answered"] + 2 * CONCURRENCY)
            process = start(
                rough,
                "evolve",
                *arguments,
                *OPTIONS,
                "--base-url",
                model.url,
                PROMPTBEAM_CONCURRENCY=str(CONCURRENCY),
            )
            assert wait_until(lambda goal=goal: model.stats()["answered"] >= goal, process)
            process.kill()
            process.communicate()
            arguments = ["--resume", stored_run(rough)]
            assert_whole_rows(rough, len(ROWS) + 2)
        model.control(hold_after=-1)
        code, out, err = evolve(rough, model, *arguments)
        assert code == 0, err
        stats = model.stats()

    report = report_of(out)
    assert report["final_method"] == undisturbed["final_method"]
    assert report["failure_rate"] == undisturbed["failure_rate"]
    assert report["holdout"] == undisturbed["holdout"]
    assert report["rows"] == undisturbed["rows"]
    assert report["calls"] == undisturbed["calls"]
    assert [e["kind"] for e in report["events"]] == [e["kind"] for e in undisturbed["events"]]
    for name in ("method.txt", "evolved.jsonl", "evolved.parquet", "failed.jsonl"):
        assert (rough / "res" / name).read_bytes() == (calm / "res" / name).read_bytes(), name
    assert len((rough / "res" / "evolved.jsonl").read_bytes().splitlines()) == len(ROWS) + 2
    assert stats["repeated"] <= calm_stats["repeated"] + KILLS * CONCURRENCY
    assert stats["answered"] <= undisturbed["calls"] + KILLS * CONCURRENCY


def assert_whole_rows(folder, most):
    """What a kill leaves: the first rows, each once, the last line at most torn."""
    for path in (folder / "data" / "evolved").glob("*.jsonl"):
        whole = path.read_bytes().rpartition(b"\n")[0].splitlines()
        assert [json.loads(line)["row"] for line in whole] == list(range(1, len(whole) + 1))
        assert len(whole) <= most
    with sqlite3.connect(folder / "data" / "promptbeam.sqlite") as database:
        assert database.execute("SELECT status FROM runs").fetchall() == [("running",)]
