"""Peak memory of an application to 10,000 and 200,000 rows, each in a process of its own.

The model answers inside the process, at once; rows are made while they are read; the journal (SQLite) and the
written rows are files.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.evolving.data import MadeUpRows
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.run import run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.instructions.sinks import open_sink
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import ModelAnswer, ModelRequest
from optimizer.model.settings import ModelSettings
from storage.store import Store

SIZES = (10_000, 200_000)
_SETTINGS = ModelSettings(task_model="simulated-small", optimizer_model="simulated-large", concurrency=64)


class InstantBackend:
    """Evolves every instruction at once by one more condition."""

    async def attempt(self, request: ModelRequest) -> ModelAnswer:
        """Add a condition."""
        text = request.messages[-1].content.split("<instruction>\n")[1].split("\n</instruction>")[0]
        evolved = f"{text} Name two sources, and say of each why it can be trusted in this matter."
        return ModelAnswer(f"Step 1.\n<evolved>\n{evolved}\n</evolved>", 400, 60)

    async def aclose(self) -> None:
        """Nothing is open."""


async def _apply(rows: int, folder: Path) -> tuple[int, int]:
    pool = ModelPool(_SETTINGS, lambda name, settings: InstantBackend())
    with Store(folder) as store, open_sink(folder / "evolved.jsonl") as sink:
        async with pool:
            result = await run_evolution(
                EvolveTask(MadeUpRows(rows)), EvolveConfig(steps=0), pool, journal=store.journal, sink=sink
            )
        return result.evolved, sink.written


def main() -> None:
    """Be the child: apply to the number of rows given, print peak memory in MiB and seconds."""
    rows = int(sys.argv[1])
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        evolved, written = asyncio.run(_apply(rows, Path(folder)))
    print(
        json.dumps({"evolved": evolved, "written": written, "mib": _peak(), "s": time.perf_counter() - began})
    )


def _peak() -> float:
    """Return the most MiB that this program held; getrusage would tell the parent's, which a child begins with."""
    line = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    return int(line.split()[1]) / 1024


def run() -> None:
    """Print the table."""
    print("| rows | written | evolved | peak MiB | seconds |")
    print("|---|---|---|---|---|")
    for rows in SIZES:
        child = subprocess.run(
            [sys.executable, "-m", "benchmarks.evolving.memory", str(rows)],
            check=True,
            capture_output=True,
            text=True,
        )
        found = json.loads(child.stdout)
        print(
            f"| {rows} | {found['written']} | {found['evolved']} | {found['mib']:.0f} | {found['s']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
