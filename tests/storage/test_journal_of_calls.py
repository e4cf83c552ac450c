"""The call journal: exact, durable, fast, usable from any event loop, and loud when it cannot write."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from storage_records import entry

from optimizer.model.protocol import JournalEntry, ModelAnswer
from storage.database import Database
from storage.errors import DiskFull, StorageError, StoreLocked
from storage.journal import SqliteJournal
from storage.store import Store


async def test_an_answer_comes_back_exactly_as_it_was_paid(store: Store):
    text = "half an emoji \ud83d, a zero \x00, quotes \" ' and ✓\r\n"
    paid = JournalEntry("k", "run-9", "gpt", "critique", ModelAnswer(text, 11, 22, "length", None))
    assert store.journal.find("k") is None
    await store.journal.record(paid)
    assert store.journal.find("k") == paid


async def test_a_thousand_answers_at_once_are_all_there_after_a_restart(tmp_path: Path):
    with Store(tmp_path) as store:
        async with asyncio.TaskGroup() as group:
            for number in range(1000):
                group.create_task(store.journal.record(entry(f"k{number}", f"answer {number}")))
    with Store(tmp_path) as store:
        for number in range(1000):
            found = store.journal.find(f"k{number}")
            assert found is not None
            assert found.answer.text == f"answer {number}"


async def test_many_answers_share_few_commits(store: Store):
    commits = []
    connect = store.database.connect

    def watched(synchronous):
        connection = connect(synchronous)
        connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
        return connection

    store.database.connect = watched  # type: ignore[method-assign]
    await asyncio.gather(*(store.journal.record(entry(f"k{number}")) for number in range(1000)))
    assert 2 <= len(commits) <= 200


def test_several_event_loops_in_several_threads_share_one_journal(store: Store):
    async def record(loop_number: int) -> None:
        await asyncio.gather(*(store.journal.record(entry(f"{loop_number}/{n}")) for n in range(100)))

    threads = [threading.Thread(target=lambda n=n: asyncio.run(record(n))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asyncio.run(record(6))
    assert all(store.journal.find(f"{loop}/{n}") for loop in range(7) for n in range(100))


async def test_the_first_answer_counts_and_every_payment_is_kept(store: Store):
    await store.journal.record(entry("k", "first"))
    await store.journal.record(entry("k", "second"))
    found = store.journal.find("k")
    assert found is not None
    assert found.answer.text == "first"
    spent = store.journal.spending("run-1")
    assert (spent.calls, spent.input_tokens, spent.output_tokens) == (2, 20, 4)
    assert spent.cost == pytest.approx(0.002)
    assert store.journal.spending("another").calls == 0


async def test_the_entry_of_a_cancelled_caller_is_stored(store: Store):
    task = asyncio.create_task(store.journal.record(entry("k")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    store.journal.close()
    assert store.journal.find("k") is not None


async def test_a_closed_journal_refuses_new_entries(store: Store):
    await store.journal.record(entry("k"))
    store.journal.close()
    store.journal.close()
    with pytest.raises(StorageError, match="closed"):
        await store.journal.record(entry("k2"))


async def test_a_locked_database_is_said_to_be_locked_and_the_journal_goes_on_after(store: Store):
    impatient = Database(store.database.path, busy_seconds=0.05)
    journal = SqliteJournal(impatient)
    with store.database.write():
        results = await asyncio.gather(
            *(journal.record(entry(f"k{number}")) for number in range(5)), return_exceptions=True
        )
    assert [type(result) for result in results] == [StoreLocked] * 5
    await journal.record(entry("later"))
    assert journal.find("later") is not None
    assert journal.find("k0") is None
    journal.close()
    impatient.close()


async def test_a_full_disk_is_said_to_be_full_and_the_journal_goes_on_after(store: Store):
    """SQLite's page limit gives the very error of a full disk."""
    limited: list = []
    connect = store.database.connect

    def small(synchronous):
        connection = connect(synchronous)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        limited.append(connection)
        return connection

    store.database.connect = small  # type: ignore[method-assign]
    with pytest.raises(DiskFull, match="no room"):
        await store.journal.record(entry("big", "x" * 100_000))
    assert store.journal.find("big") is None
    limited[0].execute("PRAGMA max_page_count = 1000000")
    await store.journal.record(entry("big", "x" * 100_000))
    assert store.journal.find("big") is not None
