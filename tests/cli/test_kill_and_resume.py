"""A run killed with SIGKILL at random points goes on without paying a finished call again."""

import random
import re
import select
import time

from sandbox.model.runner import RunningModel
from tests.cli.terminal import TICKETS, promptbeam, report_of, start

KILLS = 6
CONCURRENCY = 8


def wait_until(condition, process, seconds=60):
    """Wait for ``condition`` or for the process to end; True when the condition came first."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        if process.poll() is not None:
            return False
        select.select([], [], [], 0.005)
    raise AssertionError("the run neither advanced nor ended")


def test_a_run_killed_at_random_points_ends_like_an_undisturbed_one(tmp_path):
    options = ("--task-model", "simulated-s", "--optimizer-model", "simulated-l", "--json")
    env = {"PROMPTBEAM_CONCURRENCY": str(CONCURRENCY)}
    rng = random.Random(20)
    with RunningModel() as model:
        url = ("--base-url", model.url)
        calm = tmp_path / "calm"
        calm.mkdir()
        _, out, err = promptbeam(calm, "optimize", *TICKETS, "--preset", "quick", *options, *url, **env)
        undisturbed = report_of(out)
        model.control(reset=True)

        rough = tmp_path / "rough"
        rough.mkdir()
        arguments = ["optimize", *TICKETS, "--preset", "quick"]
        killed = 0
        for _ in range(KILLS):
            few = rng.randrange(20, 90)
            goal = model.stats()["answered"] + few
            model.control(hold_after=few + 2 * CONCURRENCY)  # so that it cannot end before it is killed
            process = start(rough, *arguments, *options, *url, **env)
            if wait_until(lambda goal=goal: model.stats()["answered"] >= goal, process):
                process.kill()
                killed += 1
            _, err = process.communicate()
            arguments = ["optimize", "--resume", stored_run(rough)]
        model.control(hold_after=-1)
        code, out, err = promptbeam(rough, *arguments, *options, *url, **env)
        assert code == 0, err
        stats = model.stats()

    report = report_of(out)
    assert killed == KILLS
    assert report["candidate_prompt"] == undisturbed["candidate_prompt"]
    assert report["final_prompt"] == undisturbed["final_prompt"]
    assert report["holdout"] == undisturbed["holdout"]
    assert report["calls"] == undisturbed["calls"]
    assert [e["kind"] for e in report["events"]] == [e["kind"] for e in undisturbed["events"]]
    assert stats["repeated"] <= killed * CONCURRENCY
    assert stats["answered"] <= undisturbed["calls"] + killed * CONCURRENCY


def stored_run(folder):
    """The id of the one run that the killed process left in the database."""
    import sqlite3

    with sqlite3.connect(folder / "data" / "promptbeam.sqlite") as database:
        ((run_id,),) = database.execute("SELECT id FROM runs").fetchall()
    assert re.fullmatch(r"r-[0-9a-f]{8}", run_id)
    return run_id
