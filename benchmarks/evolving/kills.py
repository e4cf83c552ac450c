"""An evolution that is killed (SIGKILL) at ten random points and started again each time.

The simulated model counts every answer that it sends. The same run undisturbed, with a journal of its own, says
how many are needed; what is paid for more than once was in flight at a kill.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.evolving.data import MadeUpRows
from bot.cli.children import Child
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.run import run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.instructions.sinks import open_sink
from optimizer.model.settings import ModelSettings
from storage.store import Store

ROWS = 600
KILLS = 10
CONCURRENCY = 32
LATENCY_MS = 30
CONFIG = EvolveConfig(steps=2, candidates=3, dev=20, first_rung=5, holdout=20, answers=True, patience=None)


async def _evolve(url: str, folder: Path) -> dict[str, object]:
    settings = ModelSettings(
        task_model="simulated-small",
        optimizer_model="simulated-large",
        base_url=url,
        concurrency=CONCURRENCY,
    )
    with Store(folder) as store, open_sink(folder / "evolved.jsonl") as sink:
        result = await run_evolution(
            EvolveTask(MadeUpRows(ROWS)), CONFIG, settings, run_id="e-1", journal=store.journal, sink=sink
        )
    return {"calls": result.calls, "final": result.final_method, "fates": [result.evolved, result.kept]}


def _child(url: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.evolving.kills", url, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )


def _requests(url: str) -> int:
    """Return how many answers the simulated model has given."""
    with urllib.request.urlopen(url.removesuffix("/v1") + "/stats") as reply:
        return int(json.load(reply)["answered"])


def _whole(url: str, folder: Path) -> tuple[dict[str, object], int]:
    """Run to the end; return what the child told and how many answers it paid for."""
    before = _requests(url)
    found = json.loads(_child(url, folder).communicate()[0])
    return found, _requests(url) - before


def _kill_after(url: str, folder: Path, answers: int) -> None:
    """Start the run and kill it when the model has sent so many answers more."""
    until = _requests(url) + answers
    child = _child(url, folder)
    while child.poll() is None and _requests(url) < until:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.communicate()


def run() -> None:
    """Print what ten kills cost."""
    generator = random.Random(5)
    with (
        Child("sandbox.model", ["--port", "0", "--latency-ms", str(LATENCY_MS)]) as server,
        tempfile.TemporaryDirectory() as first,
        tempfile.TemporaryDirectory() as second,
    ):
        url = server.ready["url"]
        undisturbed, needed = _whole(url, Path(first))
        before = _requests(url)
        kills = []
        for _ in range(KILLS):
            _kill_after(url, Path(second), int(generator.uniform(0.2, 1.6) * needed / (KILLS + 1)))
            sink = Path(second) / "evolved.jsonl"
            kills.append(sink.read_bytes().count(b"\n") if sink.exists() else 0)
        found, _ = _whole(url, Path(second))
        asked = _requests(url) - before
        same = (Path(first) / "evolved.jsonl").read_bytes() == (Path(second) / "evolved.jsonl").read_bytes()
    print(f"{ROWS} rows, {LATENCY_MS} ms, {CONCURRENCY} at once; rows written at the kills: {kills}\n")
    print("| | answers paid for at the model | calls told | rows as undisturbed |")
    print("|---|---|---|---|")
    print(f"| undisturbed | {needed} | {undisturbed['calls']} | |")
    print(f"| killed {len(kills)} times | {asked} | {found['calls']} | {same and found == undisturbed} |")
    print(f"\nPaid again: {asked - needed}, at most {len(kills)} x {CONCURRENCY} could be in flight.")


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_evolve(sys.argv[1], Path(sys.argv[2])))))
