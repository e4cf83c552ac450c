"""A budget in seconds: the search stops in time for the held-out test, and the run ends when the time is up."""

import asyncio

import pytest

from optimizer.config import Budget
from optimizer.errors import BudgetExhausted, ConfigError
from optimizer.events import BudgetSpent
from optimizer.evolution.config import EvolveConfig
from optimizer.model.ledger import Ledger
from optimizer.run import run_optimization
from optimizer.time_limit import TimeLimit
from tests.optimizer import test_every_algorithm as runs
from tests.optimizer.scripted import ScriptedBackend, scripted_pool

ALGORITHMS = ("racing", "protegi", "evolve", "self-feedback")


class Stuck(ScriptedBackend):
    """A model that never answers calls of which ``is_stuck`` is true."""

    def __init__(self, is_stuck):
        super().__init__(runs.skilled)
        self._is_stuck = is_stuck

    async def attempt(self, request):
        if self._is_stuck(request, len(self.log)):
            await asyncio.Event().wait()
        return await super().attempt(request)


async def run_for(seconds, is_stuck, algorithm):
    events, backend = [], Stuck(is_stuck)
    pool, _ = scripted_pool(runs.skilled)
    pool._open_backend = lambda *_: backend
    config = runs.CONFIG.with_changes(algorithm=algorithm, budget=Budget(seconds=seconds))
    running = run_optimization(runs.task(), config, pool, on_event=events.append)
    result = await asyncio.wait_for(running, 10)
    assert result.stopped_because == "budget"
    (spent,) = (event for event in events if isinstance(event, BudgetSpent))
    assert (spent.what, spent.limit) == ("seconds", seconds)
    return result


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_a_search_that_hangs_leaves_time_for_the_test(algorithm):
    result = await run_for(0.6, lambda request, _: request.purpose != "task", algorithm)
    assert result.holdout is not None
    assert result.final_prompt == result.seed_prompt


async def test_what_was_found_before_the_time_was_up_is_tested():
    def in_the_second_round(request, _):
        return request.position.startswith("r2/")

    result = await run_for(2.0, in_the_second_round, "protegi")
    assert result.rounds == 1
    assert result.verdict == "better"


async def test_a_test_that_hangs_ends_with_the_time_and_the_first_prompt():
    result = await run_for(0.3, lambda request, calls: calls > 60, "racing")
    assert result.holdout is None
    assert result.verdict == "not shown"
    assert result.final_prompt == result.seed_prompt


async def test_the_search_leaves_what_the_test_needs_at_the_pace_so_far(monkeypatch):
    ledger = Ledger(Budget(seconds=100))
    limit = TimeLimit(100, ledger)
    now = limit._started + 40
    monkeypatch.setattr(limit, "_clock", lambda: now)
    ledger.spent_calls, ledger.reserve_calls = 400, 300
    # 0.1 s a call: 30 s for 300 calls, and half of that as a margin.
    assert limit._search_share(100) == pytest.approx(0.55)
    ledger.reserve_calls = 5_000
    assert limit._search_share(100) == 0.25
    ledger.reserve_calls = 1
    assert limit._search_share(100) == 0.9


async def test_the_pace_counts_that_shows_once_the_search_is_under_way():
    ledger = Ledger(Budget(seconds=0.4))
    limit = TimeLimit(0.4, ledger)
    ledger.reserve_calls = 1_000

    async def slow_search():
        ledger.spent_calls = 1
        await asyncio.Event().wait()

    with pytest.raises(BudgetExhausted):
        await limit.search(slow_search())
    assert limit._clock() - limit._started < 0.3


async def test_a_timeout_of_the_work_itself_is_not_taken_for_the_end_of_the_time():
    async def impatient():
        raise TimeoutError

    ledger = Ledger(Budget(seconds=60))
    with pytest.raises(TimeoutError):
        await TimeLimit(60, ledger).test(impatient())
    assert ledger.exhausted == ""
    with pytest.raises(BudgetExhausted):
        await TimeLimit(0.01, ledger).test(asyncio.Event().wait())
    assert ledger.exhausted == "seconds"


def test_an_evolution_refuses_a_budget_in_seconds():
    with pytest.raises(ConfigError, match="seconds"):
        EvolveConfig(budget=Budget(seconds=60))
