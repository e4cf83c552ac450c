"""Applying a method to 5,000 rows at 50 ms, 64 calls at once, beside a bare openai client with the same calls.

The bare client sends the same requests with the same bound on calls in flight and does nothing with the answers:
what it reaches is what this machine allows. The two take turns, so that both meet the same load.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
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
TURNS = 3
CONFIG = EvolveConfig(steps=0)


async def _bare(url: str, rows: int) -> float:
    """Return calls per second of a bare client."""
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

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
    taken = time.perf_counter() - began
    await client.close()
    return rows / taken


async def _ours(url: str, rows: int, folder: Path) -> tuple[float, int, float]:
    """Return calls per second, calls, and seconds of the application, journal and sink included."""
    settings = ModelSettings(
        task_model="simulated-small",
        optimizer_model="simulated-large",
        base_url=url,
        concurrency=CONCURRENCY,
    )
    with Store(folder) as store, open_sink(folder / "evolved.jsonl") as sink:
        began = time.perf_counter()
        result = await run_evolution(
            EvolveTask(MadeUpRows(rows)), CONFIG, settings, journal=store.journal, sink=sink
        )
        taken = time.perf_counter() - began
    return result.calls / taken, result.calls, taken


def run() -> None:
    """Print the table."""
    bare: list[float] = []
    ours: list[tuple[float, int, float]] = []
    with Child("sandbox.model", ["--port", "0", "--latency-ms", str(LATENCY_MS)]) as child:
        for turn in range(-1, TURNS):
            with tempfile.TemporaryDirectory() as folder:
                rows = ROWS if turn >= 0 else 500  # the first turn opens connections and imports modules
                reached = asyncio.run(_bare(child.ready["url"], rows))
                taken = asyncio.run(_ours(child.ready["url"], rows, Path(folder)))
            if turn >= 0:
                bare.append(reached)
                ours.append(taken)
    bound = CONCURRENCY / (LATENCY_MS / 1000)
    print(
        f"{ROWS} rows, {LATENCY_MS} ms, {CONCURRENCY} at once, {TURNS} turns; 64 / latency is {bound:.0f} calls/s\n"
    )
    print(
        "| turn | calls | seconds | our calls/s | bare client's calls/s | ours over bare | ours over 64 / latency |"
    )
    print("|---|---|---|---|---|---|---|")
    for turn, (free, (rate, calls, seconds)) in enumerate(zip(bare, ours, strict=True), start=1):
        print(
            f"| {turn} | {calls} | {seconds:.1f} | {rate:.0f} | {free:.0f} | {rate / free:.2f} | {rate / bound:.2f} |"
        )
    ratios = [rate / free for free, (rate, _, _) in zip(bare, ours, strict=True)]
    print(f"\nMedian of ours over bare: {statistics.median(ratios):.2f}")
