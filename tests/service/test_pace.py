"""The rate of model calls: even in one process, and one for all that share a database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from optimizer.errors import ConfigError
from optimizer.model.pacing import EvenPacer
from optimizer.model.settings import ModelSettings
from storage.database import Database
from storage.postgres import PostgresDatabase
from storage.shared_database import SharedDatabase
from storage.shared_pacer import SharedPacer
from storage.store import Store


class _Clocked(Database):
    """A database whose clock stands still until it is moved."""

    at = 1000.0

    def now(self) -> float:
        return self.at


@pytest.fixture
def clocked(tmp_path: Path) -> Iterator[_Clocked]:
    Store(tmp_path).close()
    database = _Clocked(tmp_path / "promptbeam.sqlite")
    yield database
    database.close()


async def test_calls_of_one_process_start_evenly():
    pacer = EvenPacer(60)
    waits = [await pacer.turn() for _ in range(4)]
    assert waits == pytest.approx([0, 1, 2, 3], abs=0.2)
    await pacer.hold(30)
    assert await pacer.turn() == pytest.approx(30, abs=0.2)


async def test_workers_that_share_a_database_share_the_rate(clocked: _Clocked):
    clock = [0.0]
    one, two = (SharedPacer(clocked, 60, clock=lambda: clock[0]) for _ in range(2))
    waits = [await one.turn(), await two.turn(), await one.turn(), await two.turn()]
    assert waits == pytest.approx([0, 1, 2, 3])
    clocked.at += 10
    clock[0] += 10
    assert await two.turn() == pytest.approx(0)
    await one.hold(20)
    assert await two.turn() == pytest.approx(20)


async def test_a_fast_pace_is_reserved_in_handfuls_and_never_exceeded(clocked: _Clocked):
    pacers = [SharedPacer(clocked, 1200, clock=lambda: 0.0) for _ in range(3)]
    waits = [await pacers[number % 3].turn() for number in range(90)]
    starts = sorted(waits)
    assert all(later - start >= 0.99 for start, later in zip(starts, starts[20:], strict=False))
    assert max(waits) <= 90 / 20 + 0.01


async def test_many_tasks_may_ask_at_once_on_postgresql(postgres: str):
    database: SharedDatabase = PostgresDatabase(postgres)
    pacers = [SharedPacer(database, 600) for _ in range(2)]
    waits = sorted(await asyncio.gather(*(pacers[number % 2].turn() for number in range(40))))
    assert waits[-1] == pytest.approx(3.9, abs=0.6)


def test_a_pace_below_one_is_refused():
    with pytest.raises(ConfigError):
        ModelSettings(calls_per_minute=0)
    assert ModelSettings.from_env({"PROMPTBEAM_CALLS_PER_MINUTE": "90"}).calls_per_minute == 90
