"""What the machine's owner is told of queue, workers and the shared database."""

from __future__ import annotations

import time
from pathlib import Path

from click.testing import CliRunner

from bot.cli.doctor import check_shared
from bot.cli.status import status, survey
from optimizer.events import Progress
from storage.commands import Command
from storage.exchange import local_exchange
from storage.store import Store
from tests.service.lone_service import stored_run


def test_status_shows_who_works_on_what_and_how_far_it_is(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROMPTBEAM_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with Store(tmp_path / "data") as store:
        exchange = local_exchange(store)
        exchange.workers.enter("bot", "bot/1", "desk", 4)
        exchange.workers.beat("bot", "bot/1", 1)
        store.runs.create(stored_run("r-waits", "U2"))
        store.runs.create(stored_run("r-works", "U1"))
        store.runs.set_status("r-works", "running")
        exchange.commands.add("r-works", Command("pause"))
        exchange.work.offer("r-works")
        exchange.work.claim("r-works", "bot/1")
        exchange.work.tell_progress(
            "r-works", "bot/1", Progress(0.5, 120, 0, 1, 1, 0.42, 9.0, None, "round 2 of 4")
        )
    told = survey({"PROMPTBEAM_DATA": str(tmp_path / "data")}, time.time() + 300)
    assert (told["waiting"], told["under_way"]) == (1, 1)
    assert [(one["name"], one["busy"], one["alive"]) for one in told["workers"]] == [("bot", 1, True)]
    shown = CliRunner().invoke(status, []).output
    assert "1 waiting, 1 under way" in shown
    assert "50% round 2 of 4, 120 calls, $0.42, on bot" in shown
    assert "r-waits" in shown


def test_a_workers_machine_without_data_is_told_from_the_shared_database(postgres: str, tmp_path: Path):
    env = {"DATABASE_URL": postgres, "PROMPTBEAM_DATA": str(tmp_path / "none")}
    told = survey(env, time.time())
    assert told == {"waiting": 0, "under_way": 0, "workers": [], "runs": []}
    assert not (tmp_path / "none").exists()


def test_the_doctor_says_whether_the_shared_database_can_be_used(postgres: str):
    assert check_shared({}) == []
    assert [finding.state for finding in check_shared({"DATABASE_URL": postgres})] == ["ok"]
    wrong = check_shared({"DATABASE_URL": "postgresql://tester@127.0.0.1:1/x"})
    assert [finding.state for finding in wrong] == ["wrong"]
    assert "DATABASE_URL" in wrong[0].fix
