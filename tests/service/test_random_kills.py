"""A run whose process is killed again and again ends like one that was left in peace."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.events import FeedbackTaken
from sandbox.model.runner import RunningModel
from storage.commands import Command
from storage.exchange import local_exchange
from storage.runs import RunRecord
from storage.store import Store
from tests.service.lone_service import CONCURRENCY, kill, start, stored_run

KILLS = 20


def _wait(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.005)


def _ended(store: Store, run: RunRecord) -> bool:
    return store.runs.get(run.id).status in ("done", "failed", "cancelled")


def _told(store: Store, run: RunRecord) -> list[str]:
    return [
        body
        for (body,) in store.database.rows("SELECT body FROM events WHERE run_id = ? ORDER BY seq", (run.id,))
    ]


@pytest.mark.timeout(500)
def test_twenty_kills_at_random_moments_repeat_no_finished_call_and_change_nothing(tmp_path: Path):
    run, rng = stored_run(), random.Random(5)
    with (
        RunningModel() as model,
        Store(tmp_path / "calm") as calm,
        Store(tmp_path / "rough") as rough,
    ):
        calm.runs.create(run)
        child = start(tmp_path / "calm", model.url)
        _wait(lambda: _ended(calm, run))
        kill(child)
        calls = model.stats()["answered"]
        model.control(reset=True)

        rough.runs.create(run)
        most = (calls - 1) // KILLS
        for number in range(KILLS):
            model.control(hold_after=most)  # so that it cannot end before all kills
            child = start(tmp_path / "rough", model.url)
            if number % 4 == 3:
                time.sleep(rng.random())  # while it starts, migrates its queue, reads the files
            else:
                goal = model.stats()["requests"] + rng.randrange(1, most)
                _wait(lambda goal=goal: model.stats()["requests"] >= goal)
            assert not _ended(rough, run), "the run was over before all kills"
            kill(child)
        model.control(hold_after=-1)
        child = start(tmp_path / "rough", model.url)
        _wait(lambda: _ended(rough, run), 120)
        kill(child)
        stats = model.stats()
        assert rough.runs.get(run.id).status == "done"
        assert _told(rough, run) == _told(calm, run)
        assert stats["repeated"] <= KILLS * CONCURRENCY
        paid = rough.database.rows("SELECT count(*), count(DISTINCT key) FROM calls")[0]
        assert paid == (calls, calls)


def test_what_was_told_before_a_kill_is_heard_after_it_and_only_once(tmp_path: Path):
    run = stored_run()
    with RunningModel() as model, Store(tmp_path) as store:
        store.runs.create(run)
        exchange = local_exchange(store)
        commands = exchange.commands
        commands.add(run.id, Command("feedback", "Name the team that the words point at.", "U2"), "e1")
        commands.add(run.id, Command("extend", rounds=1))
        for _ in range(2):
            goal = model.stats()["answered"] + 60
            model.control(hold_after=60)
            child = start(tmp_path, model.url)
            _wait(lambda goal=goal: model.stats()["answered"] >= goal)
            kill(child)
            commands.add(run.id, Command("feedback", "Name the team that the words point at.", "U2"), "e1")
        commands.add(run.id, Command("pause"))
        model.control(hold_after=-1)
        asked, dead = model.stats()["requests"], exchange.work.holders()
        child = start(tmp_path, model.url)
        _wait(lambda: exchange.work.holders() != dead)
        time.sleep(0.5)  # in which it would make calls
        assert model.stats()["requests"] == asked
        kill(child)
        commands.add(run.id, Command("resume"))
        child = start(tmp_path, model.url)
        _wait(lambda: _ended(store, run), 90)
        kill(child)
        taken = [event for event in store.runs.events(run.id) if isinstance(event, FeedbackTaken)]
        assert [(event.round, event.author) for event in taken] == [(1, "U2")]
        stop = stored_run("r-stop")
        store.runs.create(stop)
        commands.add(stop.id, Command("stop"))
        child = start(tmp_path, model.url)
        _wait(lambda: _ended(store, stop), 60)
        kill(child)
        assert store.runs.get(stop.id).status == "cancelled"


def test_a_damaged_queue_file_is_begun_anew_from_the_store(tmp_path: Path):
    run = stored_run()
    with RunningModel() as model, Store(tmp_path) as store:
        store.runs.create(run)
        (tmp_path / "queue.sqlite").write_bytes(b"this is no database" * 100)
        child = start(tmp_path, model.url)
        _wait(lambda: _ended(store, run), 60)
        kill(child)
        assert store.runs.get(run.id).status == "done"


def test_kills_while_a_fresh_folder_is_set_up_leave_nothing_half_made(tmp_path: Path):
    run, rng = stored_run(), random.Random(3)
    with RunningModel() as model:
        for _ in range(6):
            child = start(tmp_path, model.url)
            _wait((tmp_path / "promptbeam.sqlite").exists)
            time.sleep(rng.random() * 0.8)  # the schema, the queue's own schema, the search index
            kill(child)
        with Store(tmp_path) as store:
            store.runs.create(run)
            child = start(tmp_path, model.url)
            _wait(lambda: _ended(store, run), 60)
            kill(child)
            assert store.runs.get(run.id).status == "done"
