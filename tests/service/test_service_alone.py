"""The run service without Slack: budgets at a run's turn, and a worker that lost a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.background.door import DailyBudget
from bot.background.service import RunService
from bot.background.sharing import open_shared
from bot.background.turns import Limits
from sandbox.model.runner import RunningModel
from storage.runs import RunRecord
from storage.store import Store
from tests.bot.office import PROMPT
from tests.service.lone_service import PaperDesk, PaperView, models, stored_run


class _Notebook(PaperDesk):
    """Keeps what people are told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def view(self, run: RunRecord) -> PaperView:
        desk = self

        class View(PaperView):
            def waiting(self, ahead: int) -> None:
                desk.told.append(f"{run.id} waits behind {ahead}")

            def failed(self, trouble: Any, *, charged: bool) -> Future[None]:
                desk.told.append(f"{run.id} failed: {trouble} charged={charged} again={trouble.again}")
                return super().failed(trouble, charged=charged)

        return View()


def _wait(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)


@contextmanager
def _service(store: Store, model: RunningModel, desk: PaperDesk, **options: Any) -> Iterator[RunService]:
    settings = replace(models(model.url), prices={"simulated-small": (1, 1), "simulated-large": (1, 1)})
    service = RunService(store, settings, desk, **options)
    service.start()
    try:
        yield service
    finally:
        service.close()


def test_a_run_whose_owners_money_is_spent_meanwhile_fails_with_the_way_out(
    model: RunningModel, tmp_path: Path
):
    desk = _Notebook()
    with (
        Store(tmp_path) as store,
        _service(store, model, desk, daily=DailyBudget(person=0.5)) as service,
    ):
        run = stored_run()
        assert service.accept(run)
        assert not service.accept(run)
        with store.database.write() as connection:
            connection.execute(
                "INSERT INTO calls (key, run_id, model, answer, cost, at) VALUES ('k', ?, 'm', '', 2.0, ?)",
                (run.id, time.time()),
            )
        service.submit(run.id)
        _wait(lambda: store.runs.get(run.id).status == "failed")
        assert "today's budget: $2.00 of $0.50" in desk.told[-1]
        assert "again=True" in desk.told[-1]
        assert model.stats()["requests"] == 0


def test_a_worker_lets_go_of_a_run_that_another_claimed_and_takes_it_up_when_nobody_works_on_it(
    model: RunningModel, tmp_path: Path
):
    model.control(hold_after=20)
    with (
        Store(tmp_path) as store,
        _service(store, model, PaperDesk(), limits=Limits(service=2), silent=2.0) as service,
    ):
        run = stored_run()
        service.accept(run)
        service.submit(run.id)
        worker = service._worker
        _wait(lambda: model.stats()["requests"] > 20)
        assert worker.busy == {run.id}
        assert worker._exchange.work.claim(run.id, "another/1/x")
        _wait(lambda: not worker.busy)
        model.control(hold_after=-1)
        _wait(lambda: store.runs.get(run.id).status == "done")
        paid = store.database.rows("SELECT count(*) - count(DISTINCT key) FROM calls")[0][0]
        assert paid == 0
        kinds = [event.kind for event in store.runs.events(run.id)]
        assert kinds.count("run_started") == kinds.count("run_finished") == 1


def test_people_take_turns_when_only_one_run_may_be_under_way(model: RunningModel, tmp_path: Path):
    model.control(hold_after=0)
    desk = _Notebook()
    names = ("r-a1", "r-a2", "r-a3", "r-b1")
    with Store(tmp_path) as store, _service(store, model, desk, limits=Limits(service=1)) as service:
        for number, name in enumerate(names):
            service.accept(stored_run(name, owner=name[2]))
            service.submit(name)
            if number == 0:
                _wait(lambda: model.stats()["requests"] > 0)
            else:
                _wait(lambda name=name: any(line.startswith(f"{name} waits") for line in desk.told))
        model.control(hold_after=-1)
        _wait(lambda: all(store.runs.get(name).status == "done" for name in names), 90)
        order = sorted(names, key=lambda name: store.runs.get(name).started_at or 0)
        assert order == ["r-a1", "r-b1", "r-a2", "r-a3"]


def test_a_shared_database_that_is_away_for_a_while_is_waited_for_and_nothing_is_paid_twice(
    model: RunningModel, postgres: str, postgres_server: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    model.control(hold_after=60)
    name = postgres.rpartition("/")[2]
    with (
        Store(tmp_path) as store,
        open_shared(postgres, store, 60) as shared,
        _service(
            store,
            model,
            PaperDesk(),
            shared=shared,
            limits=Limits(service=1),
            daily=DailyBudget(person=99, workspace=99),
        ) as service,
        psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin,
    ):
        run = stored_run()
        service.accept(run)
        service.submit(run.id)
        waiting = stored_run("r-waits", owner="U2", prompt=f"This is another desk. {PROMPT}")
        service.accept(waiting)
        service.submit(waiting.id)
        _wait(lambda: model.stats()["answered"] == 60)
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        model.control(hold_after=-1)
        for one in (run, waiting):
            _wait(lambda one=one: f"run {one.id} waits for the database" in caplog.text)
        assert {store.runs.get(one.id).status for one in (run, waiting)} == {"running", "queued"}
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        _wait(lambda: store.runs.unfinished() == [], 120)
        assert [store.runs.get(one.id).status for one in (run, waiting)] == ["done", "done"]
        assert model.stats()["repeated"] == 0
