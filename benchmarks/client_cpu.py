"""Client CPU per model call: our door (journal, budget, throttle, LangChain) beside the bare openai client."""

from __future__ import annotations

import asyncio
import resource
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.cli.children import Child
from optimizer.config import Budget
from optimizer.control import RunControl
from optimizer.model.door import ModelDoor
from optimizer.model.ledger import Ledger
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import Message, ModelRequest
from optimizer.model.settings import ModelSettings
from storage.store import Store

CALLS = 1500
CONCURRENCY = 64
ROUNDS = 5
TEXT = "Which team should handle this ticket?\n\nTeams: billing, bug\n\nTicket: {}\nTeam:"
Ask = Callable[[str], Awaitable[object]]


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def _measure(ask: Ask, prefix: str) -> float:
    """Return CPU milliseconds per call of CALLS calls, CONCURRENCY at once."""
    slots = asyncio.Semaphore(CONCURRENCY)

    async def one(number: int) -> None:
        async with slots:
            await ask(TEXT.format(f"{prefix} {number}: the invoice is wrong. " * 20))

    before = _cpu()
    await asyncio.gather(*(one(number) for number in range(CALLS)))
    return (_cpu() - before) / CALLS * 1000


async def _all(url: str, folder: Path) -> dict[str, list[float]]:
    from openai import AsyncOpenAI

    settings = ModelSettings(task_model="simulated-small", base_url=url, concurrency=CONCURRENCY)
    bare = AsyncOpenAI(base_url=url, api_key="none", max_retries=0, timeout=60)
    times: dict[str, list[float]] = {"openai client, bare": [], "our door, SQLite journal": []}
    with Store(folder) as store:
        async with ModelPool(settings) as pool:
            door = ModelDoor(
                "simulated-small",
                pool,
                store.journal,
                Ledger(Budget()),
                RunControl(),
                run_id="bench",
                seed=0,
            )

            async def through_door(text: str) -> object:
                return await door.answer(ModelRequest((Message("user", text),), max_tokens=64))

            async def through_openai(text: str) -> object:
                return await bare.chat.completions.create(
                    model="simulated-small",
                    messages=[{"role": "user", "content": text}],
                    temperature=0,
                    max_tokens=64,
                )

            asks: dict[str, Ask] = dict(zip(times, (through_openai, through_door), strict=True))
            for number in range(ROUNDS + 1):
                for name, ask in asks.items():
                    taken = await _measure(ask, f"{name} {number}")
                    if number:  # the first round opens connections and imports modules
                        times[name].append(taken)
    await bare.close()
    return times


def run() -> None:
    """Print the table: medians over interleaved rounds in one process."""
    with (
        Child("sandbox.model", ["--port", "0", "--latency-ms", "20"]) as child,
        tempfile.TemporaryDirectory() as folder,
    ):
        times = asyncio.run(_all(child.ready["url"], Path(folder)))
    base = statistics.median(times["openai client, bare"])
    print(f"{CALLS} calls, {CONCURRENCY} at once, medians of {ROUNDS} interleaved rounds\n")
    print("| client | CPU ms per call | ratio |")
    print("|---|---|---|")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"| {name} | {median:.2f} | {median / base:.2f} |")
