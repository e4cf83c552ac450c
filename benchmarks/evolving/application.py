"""Applying a method to 5,000 rows at 50 ms, 64 calls at once, beside a bare openai client with the same calls.

The bare client sends the same requests with the same bound on calls in flight and does nothing with the answers:
what it reaches is what this machine allows. The two take turns, so that both meet the same load.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evolving.data import MadeUpRows
from bot.cli.children import Child
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.methods import FIRST_METHOD
from optimizer.evolution.requests import evolve_messages
from optimizer.evolution.run import run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.instructions.sinks import open_sink
from optimizer.model.settings import ModelSettings
from storage.store import Store

ROWS = 5_000
CONCURRENCY = 64
LATENCY_MS = 50
CONFIG = EvolveConfig(steps=0)


@dataclass(frozen=True, slots=True)
class Taken:
    """What some calls took: seconds, and CPU seconds of this process."""

    calls: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Calls per second."""
        return self.calls / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of the client per call."""
        return self.cpu / self.calls * 1000


async def _bare(url: str, rows: int) -> Taken:
    """Let a bare client make the calls."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=url, api_key="none", max_retries=0, timeout=60)
    waiting = iter(MadeUpRows(rows).rows())

    async def work() -> None:
        for row in waiting:
            await client.chat.completions.create(
                model="simulated-small",
                messages=[
                    {"role": message.role, "content": message.content}
                    for message in evolve_messages(FIRST_METHOD, row.text)
                ],
                temperature=0,
                max_tokens=CONFIG.evolve_max_tokens,
            )

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
    taken = Taken(rows, time.perf_counter() - began, time.process_time() - cpu)
    await client.close()
    return taken


async def _ours(url: str, rows: int, folder: Path) -> Taken:
    """Apply the first method, journal and written rows included."""
    settings = ModelSettings(
        task_model="simulated-small",
        optimizer_model="simulated-large",
        base_url=url,
        concurrency=CONCURRENCY,
    )
    with Store(folder) as store, open_sink(folder / "evolved.jsonl") as sink:
        began, cpu = time.perf_counter(), time.process_time()
        result = await run_evolution(
            EvolveTask(MadeUpRows(rows)), CONFIG, settings, journal=store.journal, sink=sink
        )
        return Taken(result.calls, time.perf_counter() - began, time.process_time() - cpu)


def run() -> None:
    """Print the table."""
    bound = CONCURRENCY / (LATENCY_MS / 1000)
    turns = int(os.environ.get("BENCH_TURNS", "3"))
    ratios = []
    print(f"{ROWS} rows, {LATENCY_MS} ms, {CONCURRENCY} at once; 64 / latency is {bound:.0f} calls/s\n")
    print(
        "| turn | our calls | seconds | our calls/s | bare client's calls/s | ours over bare | ours over 64 / latency "
        "| CPU ms per call, ours | bare |"
    )
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    with Child("sandbox.model", ["--port", "0", "--latency-ms", str(LATENCY_MS)]) as child:
        for turn in range(turns + 1):
            rows = ROWS if turn else 500  # the first turn opens connections and imports modules
            with tempfile.TemporaryDirectory() as folder:
                bare = asyncio.run(_bare(child.ready["url"], rows))
                ours = asyncio.run(_ours(child.ready["url"], rows, Path(folder)))
            if turn:
                ratios.append(ours.rate / bare.rate)
                print(
                    f"| {turn} | {ours.calls} | {ours.seconds:.1f} | {ours.rate:.0f} | {bare.rate:.0f} "
                    f"| {ratios[-1]:.2f} | {ours.rate / bound:.2f} | {ours.cpu_ms:.2f} | {bare.cpu_ms:.2f} |",
                    flush=True,
                )
    print(f"\nMedian of ours over bare: {statistics.median(ratios):.2f}")
