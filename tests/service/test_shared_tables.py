"""What bot and workers tell each other, over SQLite and over PostgreSQL alike."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from optimizer.control import Feedback
from optimizer.errors import ConfigError, InputError
from optimizer.events import BaselineScored, Progress
from optimizer.model.protocol import JournalEntry, ModelAnswer
from storage.commands import Command
from storage.errors import StorageError
from storage.exchange import Exchange, exchange_over, local_exchange
from storage.postgres import PostgresDatabase
from storage.postgres_journal import PostgresJournal
from storage.runs import Place, RunRecord
from storage.shared_database import Transaction
from storage.store import Store
from storage.work import NotTheHolder, WorkOutcome

HOSTILE = "NUL \x00, half an emoji \ud83d, '; DROP TABLE runs; -- 100 % ? %s"


def run(run_id: str = "r-1", owner: str = "U1", team: str = "T1") -> RunRecord:
    return RunRecord(run_id, "optimize", "queued", owner, Place(team, "C1", "public"), {}, created_at=1.0)


@pytest.fixture(params=["sqlite", "postgres"])
def exchange(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Exchange]:
    if request.param == "sqlite":
        with Store(tmp_path) as store:
            yield local_exchange(store, silent=5)
        return
    database = PostgresDatabase(request.getfixturevalue("postgres"))
    journal = PostgresJournal(database)
    yield exchange_over(database, journal, shared=True, silent=5)
    journal.close()
    database.close()


def record(exchange: Exchange, key: str, run_id: str, text: str = "yes", cost: float | None = 0.5) -> None:
    entry = JournalEntry(key, run_id, "model", "task", ModelAnswer(text, 3, 4, "stop", cost))
    asyncio.run(exchange.journal.record(entry))


def test_a_paid_answer_comes_back_as_it_was_and_the_first_one_counts(exchange: Exchange):
    record(exchange, "k", "r-1", HOSTILE)
    record(exchange, "k", "r-2", "another")
    found = exchange.journal.find("k")
    assert found is not None
    assert (found.answer.text, found.run_id, found.answer.cost) == (HOSTILE, "r-1", 0.5)
    assert exchange.journal.find("other") is None


def test_many_answers_at_once_are_all_there(exchange: Exchange):
    async def all_at_once() -> None:
        entries = [JournalEntry(f"k{n}", "r-1", "m", "task", ModelAnswer(str(n), 1, 1)) for n in range(300)]
        await asyncio.gather(*(exchange.journal.record(entry) for entry in entries))

    asyncio.run(all_at_once())
    answers = [exchange.journal.find(f"k{n}") for n in range(300)]
    assert [found.answer.text for found in answers if found] == [str(n) for n in range(300)]


def test_words_belong_to_the_round_that_took_them_first(exchange: Exchange):
    exchange.runs.create(run())
    commands = exchange.commands
    assert commands.take_feedback("r-1", 1) == ()
    assert commands.add("r-1", Command("feedback", HOSTILE, "U1"), key="event-1")
    assert not commands.add("r-1", Command("feedback", HOSTILE, "U1"), key="event-1")
    assert commands.take_feedback("r-1", 2) == (Feedback(HOSTILE, "U1"),)
    commands.add("r-1", Command("feedback", "later", "U2"))
    again = [commands.take_feedback("r-1", take) for take in (1, 2, 3)]
    assert again == [(), (Feedback(HOSTILE, "U1"),), (Feedback("later", "U2"),)]
    assert [command.kind for command in commands.after("r-1", 0)] == ["feedback", "feedback"]


def test_a_command_for_no_run_is_refused(exchange: Exchange):
    with pytest.raises(InputError):
        exchange.commands.add("r-none", Command("stop"))
    with pytest.raises(InputError):
        exchange.work.offer("r-none")


def test_only_the_last_claimer_may_tell_how_a_run_goes(exchange: Exchange):
    exchange.runs.create(run())
    work = exchange.work
    assert not work.claim("r-1", "a")
    assert work.offer("r-1") == work.offer("r-1") == 1
    assert work.claim("r-1", "a")
    assert work.claim("r-1", "b")
    progress = Progress(0.5, 3, 0, 1, 1, None, 2.0, None, "round 1 of 2")
    with pytest.raises(NotTheHolder):
        work.tell_progress("r-1", "a", progress)
    with pytest.raises(NotTheHolder):
        work.finish("r-1", "a", WorkOutcome())
    work.tell_progress("r-1", "b", progress)
    work.finish("r-1", "b", WorkOutcome(1.5))
    assert work.state("r-1") == (progress, WorkOutcome(1.5))
    assert not work.claim("r-1", "c")
    work.offer_again("r-1")
    assert work.offer("r-1") == 2
    assert work.state("r-1") == (None, None)


def test_an_event_is_stored_once_under_its_number(exchange: Exchange):
    exchange.runs.create(run())
    event = BaselineScored(0.5, 10, 0)
    assert exchange.runs.append_event("r-1", 0, event)
    assert not exchange.runs.append_event("r-1", 0, event)
    assert exchange.runs.events_after("r-1", -1) == [(0, event)]
    assert exchange.runs.events_after("r-1", 0) == []


def test_files_and_requests_are_there_for_whoever_works(exchange: Exchange):
    exchange.runs.create(run())
    exchange.runs.save_file("r-1", "examples/0", b"a\x00b")
    exchange.runs.save_file("r-1", "prompt", b"old")
    exchange.runs.save_file("r-1", "prompt", b"new")
    assert exchange.runs.read_file("r-1", "prompt") == b"new"
    assert exchange.runs.read_file("r-1", "examples/0") == b"a\x00b"
    assert set(exchange.runs.file_names("r-1")) == {"examples/0", "prompt"}
    with pytest.raises(InputError):
        exchange.runs.save_file("r-none", "prompt", b"")


def test_a_living_workers_name_is_taken_and_a_silent_ones_is_not(exchange: Exchange):
    workers = exchange.workers
    assert workers.enter("w", "w/1", "host", 4)
    assert not workers.enter("w", "w/2", "host", 4)
    assert workers.beat("w", "w/1", 2)
    assert [(one.name, one.busy) for one in workers.all()] == [("w", 2)]
    assert workers.living() == {"w"}
    with exchange.database.write() as connection:
        connection.execute("UPDATE workers SET seen = seen - 60")
    assert workers.living() == frozenset()
    assert workers.enter("w", "w/2", "host", 4)
    assert not workers.beat("w", "w/1", 0)
    for age, names in ((3_600, {"old", "w"}), (90_000, {"w"})):
        workers.enter("old", "old/1", "host", 4, alone=True)
        with exchange.database.write() as connection:
            connection.execute("UPDATE workers SET seen = seen - ? WHERE name = 'old'", (age,))
        workers.enter("w", "w/2", "host", 4, alone=True)
        assert {one.name for one in workers.all()} == names
    workers.leave("w", "w/1")
    assert workers.living() == {"w"}
    workers.leave("w", "w/2")
    assert workers.all() == []


def test_one_process_holds_a_lease_until_it_runs_out(exchange: Exchange):
    leases = exchange.leases
    assert leases.take("bot", "a", 30)
    assert leases.take("bot", "a", 30)
    assert not leases.take("bot", "b", 30)
    with exchange.database.write() as connection:
        connection.execute("UPDATE leases SET until = until - 60")
    assert leases.take("bot", "b", 30)
    leases.give_back("bot", "a")
    assert not leases.take("bot", "a", 30)
    leases.give_back("bot", "b")
    assert leases.take("bot", "a", 30)


def test_money_is_counted_by_person_and_by_workspace(exchange: Exchange):
    for run_id, owner, team in (("r-1", "U1", "T1"), ("r-2", "U2", "T1"), ("r-3", "U1", "T2")):
        exchange.runs.create(run(run_id, owner, team))
        record(exchange, run_id, run_id)
    record(exchange, "unpriced", "r-1", cost=None)
    assert exchange.spent(0, team="T1") == 1.0
    assert exchange.spent(0, team="T1", owner="U1") == 0.5
    assert exchange.spent(exchange.database.now() + 60, team="T1") == 0
    assert exchange.paid("r-1")
    assert not exchange.paid("r-9")


def test_what_is_erased_is_gone_and_what_is_forgotten_still_counts_as_paid(postgres: str):
    database = PostgresDatabase(postgres)
    journal = PostgresJournal(database)
    exchange = exchange_over(database, journal, shared=True)
    for run_id in ("r-1", "r-2"):
        exchange.runs.create(run(run_id))
        exchange.runs.save_file(run_id, "prompt", b"words")
        exchange.commands.add(run_id, Command("feedback", "words", "U1"))
        exchange.work.offer(run_id)
        record(exchange, run_id, run_id)
    exchange.forget("r-1")
    exchange.erase("r-2")
    for table in ("run_files", "run_commands", "work"):
        assert database.rows(f"SELECT * FROM {table}") == []
    assert exchange.spent(0, team="T1") == 1.0, "nor is the day's money given back"
    assert exchange.journal.find("r-1") is not None
    assert exchange.journal.find("r-2") is None
    journal.close()
    database.close()


def test_a_transaction_that_fails_leaves_nothing(exchange: Exchange):
    exchange.runs.create(run())
    with pytest.raises(ZeroDivisionError), exchange.database.write() as connection:
        _half_a_change(connection)
    assert exchange.runs.get("r-1").status == "queued"


def test_threads_may_use_it_at_the_same_time(exchange: Exchange):
    exchange.runs.create(run())
    exchange.work.offer("r-1")

    def add() -> None:
        for _ in range(20):
            exchange.commands.add("r-1", Command("extend", rounds=1))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(command.rounds for command in exchange.commands.after("r-1", 0)) == 160


def test_a_server_that_restarts_is_found_again_and_its_words_are_not_repeated(postgres: str):
    import psycopg

    database = PostgresDatabase(postgres)
    assert database.rows("SELECT 1") == [(1,)]
    with psycopg.connect(postgres, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert database.rows("SELECT 2") == [(2,)]
    with pytest.raises(StorageError) as told:
        database.rows("SELECT nothing FROM nowhere")
    assert "nowhere" not in told.value.message
    database.close()
    with pytest.raises(StorageError):
        database.rows("SELECT 1")


def test_processes_that_start_together_make_the_schema_once(postgres: str):
    failures = []

    def start() -> None:
        try:
            PostgresDatabase(postgres).close()
        except StorageError as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with pytest.raises(ConfigError):
        PostgresDatabase("mysql://nowhere/db")
    with pytest.raises(StorageError):
        PostgresDatabase("postgresql://tester@127.0.0.1:1/none")


def _half_a_change(connection: Transaction) -> None:
    connection.execute("UPDATE runs SET status = ? WHERE id = ?", ("done", "r-1"))
    raise ZeroDivisionError
