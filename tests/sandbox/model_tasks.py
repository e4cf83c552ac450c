"""What the tests of the simulated model share: the example tasks, a client, an accuracy."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path

from openai import AsyncOpenAI

ROOT = Path(__file__).resolve().parents[2]

Rows = list[tuple[str, str]]


def tickets() -> tuple[str, Rows]:
    folder = ROOT / "examples" / "support-tickets"
    with (folder / "tickets.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["ticket"], row["team"]) for row in csv.DictReader(file)]
    return (folder / "prompt.txt").read_text(encoding="utf-8"), rows


def requests() -> tuple[str, Rows]:
    folder = ROOT / "examples" / "risky-requests"
    lines = (folder / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [(row["text"], row["label"]) for row in map(json.loads, lines)]
    return (folder / "prompt.txt").read_text(encoding="utf-8"), rows


def client_for(url: str, *, retries: int = 0, key: str = "any") -> AsyncOpenAI:
    return AsyncOpenAI(base_url=url, api_key=key, max_retries=retries)


async def say(
    url: str, text: str, *, system: str = "", retries: int = 0, key: str = "any", **options: object
) -> str:
    """Ask once, at temperature 0 unless told otherwise, and return the text of the answer."""
    async with client_for(url, retries=retries, key=key) as client:
        return await _said(client, text, system, options)


async def _said(client: AsyncOpenAI, text: str, system: str, options: dict[str, object]) -> str:
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": text})
    settings = {"model": "simulated-small", "temperature": 0.0, **options}
    reply = await client.chat.completions.create(messages=messages, **settings)
    return reply.choices[0].message.content or ""


async def answers(url: str, prompt: str, rows: Rows) -> list[str]:
    """Fill the one placeholder of the prompt with each input and ask."""
    gate = asyncio.Semaphore(32)

    async def one(client: AsyncOpenAI, text: str) -> str:
        async with gate:
            return await _said(client, re.sub(r"\{\w+\}", lambda _: text, prompt), "", {})

    async with client_for(url) as client:
        return list(await asyncio.gather(*(one(client, text) for text, _ in rows)))


async def accuracy(url: str, prompt: str, rows: Rows) -> float:
    given = await answers(url, prompt, rows)
    return sum(answer == label for answer, (_, label) in zip(given, rows, strict=True)) / len(rows)


def job_text(*, count: int = 1, **blocks: str | Sequence[str]) -> str:
    """Write the tagged blocks of an optimizer job."""
    parts = [
        f"<{name}>\n{block if isinstance(block, str) else json.dumps(list(block))}\n</{name}>"
        for name, block in blocks.items()
    ]
    return "\n".join([*parts, f"Count: {count}"])


async def ask_job(url: str, kind: str, text: str, *, seed: int = 0, temperature: float = 1.0):
    reply = await say(url, text, system=f"Job: {kind}\nDo it.", seed=seed, temperature=temperature)
    found = re.search(r"\{.*\}", reply, re.DOTALL)
    assert found, reply
    return json.loads(found[0])


async def wrong_cases(url: str, prompt: str, rows: Rows) -> list[str]:
    given = await answers(url, prompt, rows)
    return [
        json.dumps({"input": text, "expected": label, "answer": answer})
        for answer, (text, label) in zip(given, rows, strict=True)
        if answer != label
    ]
