"""The door: nothing is paid twice, the budget holds, retries only help where they can."""

import asyncio
from dataclasses import replace

import pytest

from optimizer.config import Budget
from optimizer.control import RunControl
from optimizer.errors import (
    BudgetExhausted,
    ModelOverloaded,
    ModelQuotaEmpty,
    ModelRateLimited,
    ModelRefusedKey,
    RunCancelled,
)
from optimizer.model.door import ModelDoor
from optimizer.model.ledger import Ledger
from optimizer.model.memory_journal import MemoryJournal
from optimizer.model.protocol import Message, ModelAnswer, ModelRequest
from tests.optimizer.scripted import SETTINGS, scripted_pool


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Back-off and Retry-After return at once; what was waited for is in the returned list."""
    waits = []
    real = asyncio.sleep

    async def sleep(seconds):
        waits.append(seconds)
        await real(0)

    monkeypatch.setattr("optimizer.model.door.asyncio.sleep", sleep)
    return waits


def ask(text="q", temperature=0.0, position=""):
    return ModelRequest((Message("user", text),), temperature=temperature, position=position, max_tokens=10)


def door(pool, journal=None, budget=None, run_id="r-1", control=None):
    ledger = Ledger(budget or Budget())
    made = ModelDoor(
        "m", pool, journal or MemoryJournal(), ledger, control or RunControl(), run_id=run_id, seed=1
    )
    return made, ledger


async def test_an_identical_call_is_answered_from_the_journal():
    pool, backend = scripted_pool(lambda request, n: "yes")
    journal = MemoryJournal()
    first, ledger = door(pool, journal)
    assert (await first.answer(ask())).text == "yes"
    assert (await first.answer(ask())).text == "yes"
    other, other_ledger = door(pool, journal, run_id="r-2")
    await other.answer(ask())
    assert len(backend.log) == 1
    assert (ledger.spent_calls, ledger.cached, other_ledger.spent_calls, other_ledger.cached) == (1, 1, 0, 1)


async def test_identical_calls_in_flight_are_paid_once():
    pool, backend = scripted_pool(lambda request, n: "yes")
    made, ledger = door(pool)
    await asyncio.gather(*(made.answer(ask()) for _ in range(20)))
    assert len(backend.log) == 1
    assert ledger.cached == 19


async def test_an_answer_that_is_recorded_and_not_yet_charged_is_charged_once():
    class Slow(MemoryJournal):
        """Everybody can find an entry a moment before its writer goes on."""

        async def record(self, entry):
            await super().record(entry)
            stored.set()
            await written.wait()

    stored, written = asyncio.Event(), asyncio.Event()
    pool, backend = scripted_pool(lambda request, n: "yes")
    made, ledger = door(pool, Slow())
    first = asyncio.create_task(made.answer(ask()))
    await stored.wait()
    second = asyncio.create_task(made.answer(ask()))
    for _ in range(5):
        await asyncio.sleep(0)
    written.set()
    await asyncio.gather(first, second)
    assert (len(backend.log), ledger.spent_calls, ledger.cached) == (1, 1, 1)


async def test_an_answer_that_another_part_of_the_run_has_paid_is_free_and_stays_so():
    pool, backend = scripted_pool(lambda request, n: "yes")
    journal = MemoryJournal()
    accounts = []
    for part in ("", "1", "2", "1"):
        ledger = Ledger(Budget())
        made = ModelDoor("m", pool, journal, ledger, RunControl(), run_id="r-1", seed=1, part=part)
        await made.answer(ask("shared"))
        await made.answer(ask(f"own of {part}"))
        accounts.append((ledger.spent_calls, ledger.cached))
    assert len(backend.log) == 4
    assert accounts == [(2, 0), (1, 1), (1, 1), (1, 1)]


async def test_sampled_calls_differ_by_position_and_by_run():
    pool, backend = scripted_pool(lambda request, n: "yes")
    journal = MemoryJournal()
    one, _ = door(pool, journal)
    other, _ = door(pool, journal, run_id="r-2")
    await one.answer(ask(temperature=1.0, position="a"))
    await one.answer(ask(temperature=1.0, position="b"))
    await one.answer(ask(temperature=1.0, position="a"))
    await other.answer(ask(temperature=1.0, position="a"))
    assert len(backend.log) == 3
    assert len({request.seed for request in backend.log}) == 2


async def test_a_resumed_run_is_charged_what_it_had_paid():
    pool, backend = scripted_pool(lambda request, n: "yes")
    journal = MemoryJournal()
    before, ledger_before = door(pool, journal)
    await before.answer(ask("a"))
    after, ledger_after = door(pool, journal)
    await after.answer(ask("a"))
    await after.answer(ask("a"))
    assert len(backend.log) == 1
    assert (ledger_after.spent_calls, ledger_after.cached) == (1, 1)
    assert ledger_after.cost == ledger_before.cost


async def test_the_answer_is_in_the_journal_before_anybody_sees_it():
    pool, _ = scripted_pool(lambda request, n: "yes")

    class Refusing(MemoryJournal):
        async def record(self, entry):
            raise OSError("disk full")

    made, _ = door(pool, Refusing())
    with pytest.raises(OSError, match="disk full"):
        await made.answer(ask())


@pytest.mark.parametrize("budget", [Budget(calls=7), Budget(tokens=7 * 15), Budget(cost=0.07)])
async def test_no_budget_is_exceeded_with_many_calls_at_once(budget):
    priced = replace(SETTINGS, prices={"m": (700.0, 600.0)})
    pool, backend = scripted_pool(lambda request, n: "yes", priced)
    made, ledger = door(pool, budget=budget)
    results = await asyncio.gather(*(made.answer(ask(str(i))) for i in range(50)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, BudgetExhausted)]
    assert refused
    assert len(refused) + len(backend.log) == 50
    assert 0 < len(backend.log) <= 7
    assert budget.tokens is None or ledger.tokens <= budget.tokens
    assert budget.cost is None or ledger.cost <= budget.cost + 1e-9


async def test_retries_happen_only_where_they_help(no_waiting):
    errors = {
        "busy": lambda n: ModelOverloaded("busy") if n < 3 else "yes",
        "slow": lambda n: ModelOverloaded("slow", retry_after=0.05) if n == 1 else "yes",
        "key": lambda n: ModelRefusedKey("no"),
        "quota": lambda n: ModelQuotaEmpty("no"),
        "down": lambda n: ModelOverloaded("down"),
    }
    pool, backend = scripted_pool(lambda request, n: errors[request.messages[0].content](n))
    made, ledger = door(pool)
    assert (await made.answer(ask("busy"))).text == "yes"
    assert (await made.answer(ask("slow"))).text == "yes"
    assert 0.05 in no_waiting
    for name, error, attempts in (
        ("key", ModelRefusedKey, 1),
        ("quota", ModelQuotaEmpty, 1),
        ("down", ModelOverloaded, 4),
    ):
        with pytest.raises(error):
            await made.answer(ask(name))
        assert sum(request.messages[0].content == name for request in backend.log) == attempts
    assert ledger.spent_calls == 2
    assert ledger.troubles["overloaded or failing server"] == 7


async def test_waits_that_the_provider_asked_for_use_up_patience_not_attempts(monkeypatch):
    monkeypatch.setattr("optimizer.model.door._LONGEST_PATIENCE", 0.95)
    pool, backend = scripted_pool(
        lambda request, n: "yes" if n > 8 else ModelRateLimited("slow", retry_after=0.001)
    )
    made, ledger = door(pool)
    assert (await made.answer(ask())).text == "yes"
    assert ledger.troubles["rate limit"] == 8
    pool, backend = scripted_pool(lambda request, n: ModelRateLimited("slow", retry_after=0.001))
    made, _ = door(pool)
    with pytest.raises(ModelRateLimited):
        await made.answer(ask())
    assert len(backend.log) == 10


async def test_a_wait_longer_than_two_minutes_is_not_waited_for():
    pool, backend = scripted_pool(lambda request, n: ModelOverloaded("later", retry_after=600))
    made, _ = door(pool)
    with pytest.raises(ModelOverloaded):
        await made.answer(ask())
    assert len(backend.log) == 1


async def test_after_a_stop_no_new_call_starts():
    control = RunControl()
    pool, backend = scripted_pool(lambda request, n: "yes")
    made, _ = door(pool, control=control)
    await made.answer(ask("a"))
    control.cancel()
    with pytest.raises(RunCancelled):
        await made.answer(ask("b"))
    assert len(backend.log) == 1


async def test_a_call_in_flight_reaches_the_journal_although_nobody_waits_any_more():
    release = asyncio.Event()

    class Slow:
        async def attempt(self, request):
            await release.wait()
            return ModelAnswer("late", 1, 1, cost=0.0)

        async def aclose(self):
            pass

    pool, _ = scripted_pool(lambda request, n: "")
    pool._open_backend = lambda name, settings: Slow()
    journal = MemoryJournal()
    made, _ = door(pool, journal)
    task = asyncio.create_task(made.answer(ask()))
    while not pool.in_flight:
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
    await pool.aclose()
    assert [entry.answer.text for entry in journal._entries.values()] == ["late"]


async def test_a_door_remembers_a_bounded_number_of_charged_answers(monkeypatch):
    monkeypatch.setattr("optimizer.model.door._CHARGED_KEPT", 3)
    journal = MemoryJournal()
    pool, _ = scripted_pool(lambda request, n: "x")
    async with pool:
        opened, ledger = door(pool, journal)
        for number in range(9):
            await opened.answer(ask(f"q{number}"))
        assert len(opened._charged) == 3
        await opened.answer(ask("q8"))
        assert (ledger.spent_calls, ledger.cached) == (9, 1)
        await opened.answer(ask("q0"))
        assert (ledger.spent_calls, ledger.cached) == (10, 1)
