"""Processes that are killed with SIGKILL: what was acknowledged is there, and the rest does no harm."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.store import Store
from storage.visibility import Viewer

WRITE_CALLS = """
import asyncio, sys
from pathlib import Path
from optimizer.model.protocol import JournalEntry, ModelAnswer
from storage.store import Store

store = Store(Path(sys.argv[1]))
start = int(sys.argv[2])

async def chain(number):
    for step in range(10_000):
        key = f"{start}/{number}/{step}"
        await store.journal.record(JournalEntry(key, "run", "m", "task", ModelAnswer(key * 20, 1, 1)))
        print(key, flush=True)

async def main():
    await asyncio.gather(*(chain(number) for number in range(16)))

asyncio.run(main())
"""

WRITE_PROMPTS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from storage_records import prompt
from storage.store import Store

store = Store(Path(sys.argv[1]))
start = int(sys.argv[2])
for batch in range(1000):
    names = [f"{start}x{batch}x{number}" for number in range(150)]
    with store.database.write():
        for name in names:
            store.prompts._table.insert(prompt(name, f"Sort item{name} well."))
    store.prompts.prepare()
    print(names[-1], flush=True)
"""


def killed_after(script: str, lines: int, *arguments: str) -> list[str]:
    """Run ``script``, kill it after that many lines, and return all the whole lines it wrote."""
    child = subprocess.Popen([sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    seen = [child.stdout.readline() for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    seen += child.stdout.readlines()
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    return [line.strip() for line in seen if line.endswith("\n")]


def test_every_answer_that_was_acknowledged_survives_kill_9(tmp_path: Path):
    generator = random.Random(7)
    acknowledged: list[str] = []
    for attempt in range(5):
        acknowledged += killed_after(WRITE_CALLS, generator.randrange(1, 800), str(tmp_path), str(attempt))
    with Store(tmp_path) as store:
        for key in acknowledged:
            found = store.journal.find(key)
            assert found is not None, key
            assert found.answer.text == key * 20
        assert store.database.rows("PRAGMA integrity_check") == [("ok",)]
        stored = store.journal.spending("run").calls
        assert len(acknowledged) <= stored <= len(acknowledged) + 5 * 16 * 2


@pytest.mark.timeout(120)
def test_the_index_is_whole_after_its_writer_was_killed(tmp_path: Path):
    """The child writes in batches that cross Chroma's persist threshold; the kills fall anywhere in between."""
    here = str(Path(__file__).parent)
    acknowledged: list[str] = []
    for attempt, lines in enumerate((1, 6, 9)):
        acknowledged += killed_after(WRITE_PROMPTS, lines, str(tmp_path), str(attempt), here)
    bob = Viewer("bob", "T1")
    with Store(tmp_path) as store:
        for name in acknowledged:
            assert store.prompts.search(f"item{name}", bob)[0].record.id == name
        store.prompts.prepare()
        total = store.database.rows("SELECT count(*) FROM prompts")[0][0]
        assert store.prompts._index._collection.count() == total
