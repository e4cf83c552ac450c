"""An evolution whose process is killed with SIGKILL and started again: every row once, nothing paid twice."""

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

CONCURRENCY = 8
CHILD = """
import asyncio, json, sys
from dataclasses import replace
from pathlib import Path
from optimizer.evolution.run import run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.model.keys import content_key
from optimizer.model.pool import ModelPool
from storage.store import Store
from tests.optimizer.evolution.parts import METHOD, ListSource, changed, instructions, skilled
from tests.optimizer.scripted import SETTINGS, ScriptedBackend

folder, concurrency = Path(sys.argv[1]), int(sys.argv[2])

class Telling(ScriptedBackend):
    async def attempt(self, request):
        await asyncio.sleep(0.001)
        print(content_key("m", None, request, "e-1"), flush=True)
        return await super().attempt(request)

class FileSink:
    def __init__(self, path):
        whole = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        self.written = sum(line.endswith(b"\\n") for line in whole)
        self.file = path.open("r+b" if path.exists() else "w+b")
        self.file.truncate(sum(map(len, whole[: self.written])))
        self.file.seek(0, 2)

    def write(self, row):
        line = json.dumps([row.source.row, row.fate, row.text, row.response, row.failure])
        self.file.write(line.encode() + b"\\n")
        self.file.flush()
        self.written += 1

async def main():
    pool = ModelPool(replace(SETTINGS, concurrency=concurrency), open_backend=lambda *_: Telling(skilled))
    with Store(folder) as store:
        async with pool:
            result = await run_evolution(
                EvolveTask(ListSource(instructions(150)), METHOD), changed(answers=True), pool,
                run_id="e-1", journal=store.journal, sink=FileSink(folder / "rows.jsonl"),
            )
    print("end", json.dumps([result.calls, result.final_method, result.evolved, result.kept]))

asyncio.run(main())
"""


def run(folder: Path, lines: int | None = None) -> list[str]:
    """Run the child, kill it after so many paid calls, and return what it told of."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(CONCURRENCY)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    seen = [child.stdout.readline() for _ in range(lines or 0)]
    if lines is not None:
        child.send_signal(signal.SIGKILL)
    seen += child.stdout.readlines()
    child.stdout.close()
    assert child.wait() == (0 if lines is None else -signal.SIGKILL)
    return [line.strip() for line in seen if line.endswith("\n")]


def test_a_run_killed_at_any_point_goes_on_without_paying_again(tmp_path: Path):
    whole = run(tmp_path / "undisturbed")
    generator = random.Random(11)
    paid, kills = [], 0
    for share in (0.02, 0.2, 0.15, 0.25):
        paid += run(tmp_path / "killed", max(1, int(len(whole) * share * generator.uniform(0.7, 1))))
        kills += 1
    paid += run(tmp_path / "killed")
    assert paid[-1] == whole[-1]
    told, calls = json.loads(paid[-1].removeprefix("end ")), Counter(paid[:-1])
    assert set(calls) == set(whole[:-1])
    assert told[0] == len(whole) - 1
    assert sum(calls.values()) - len(calls) <= kills * CONCURRENCY
    rows = (tmp_path / "killed" / "rows.jsonl").read_text()
    assert rows == (tmp_path / "undisturbed" / "rows.jsonl").read_text()
    assert [json.loads(line)[0] for line in rows.splitlines()] == list(range(1, 151))
