"""20,000 rows in shards over PostgreSQL: one process, and two; both seen side by side, with their memory.

Each process makes at most 12 calls at once to a model that takes 100 ms, so that the model's time and not this
machine's CPU is what is shared out. Rates are from the first call to the last, as the shared journal has them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evolving.data import MadeUpRows
from bot.cli.children import Child

ROWS = int(os.environ.get("BENCH_SHARD_ROWS", "20000"))
ROWS_EACH = 500
CONCURRENCY = 12
LATENCY_MS = 100
_PROMPTBEAM = (sys.executable, "-m", "bot.cli.main")


@dataclass(frozen=True, slots=True)
class Seen:
    """One run: calls and seconds between the first and the last, all seconds, and MiB in the middle and at most."""

    calls: int
    repeated: int
    calling: float
    seconds: float
    half_way: tuple[float, ...]
    peak: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Calls per second."""
        return self.calls / self.calling


def _memory(pid: int) -> float:
    """Return the most memory (MiB) that a process had so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
    if not found:
        raise ProcessLookupError(f"process {pid} has ended")
    return found[0]


@contextmanager
def _worker(env: Mapping[str, str], folder: Path) -> Iterator[int]:
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [*_PROMPTBEAM, "worker"], env=dict(env), cwd=folder, stdout=log, stderr=log
        )
    try:
        while b"is ready" not in (folder / "worker.log").read_bytes():
            if process.poll() is not None:
                raise RuntimeError((folder / "worker.log").read_text())
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def _watched(run: subprocess.Popen[bytes], workers: list[int], out: Path) -> tuple[tuple[float, ...], ...]:
    """Wait for the run; return the processes' peaks when half of the parts were there, and the last ones."""
    half: tuple[float, ...] = ()
    last: tuple[float, ...] = ()
    while run.poll() is None:
        try:
            last = tuple(_memory(pid) for pid in (run.pid, *workers))
        except OSError:
            break
        if not half and len(list(out.glob("parts-*/*/part-*.json"))) >= ROWS / ROWS_EACH / 2:
            half = last
        time.sleep(0.5)
    if run.wait() != 0:
        raise RuntimeError("the run failed")
    return half, last


def _once(processes: int, env: dict[str, str], database: str, folder: Path) -> Seen:
    import psycopg

    data, out = folder / "rows.jsonl", folder / "out"
    with data.open("w") as file:
        for row in MadeUpRows(ROWS).rows():
            file.write(json.dumps({"instruction": row.text, "output": ""}) + "\n")
    env = {**env, "DATABASE_URL": database, "PROMPTBEAM_DATA": str(folder / "data")}
    command = (
        *(*_PROMPTBEAM, "evolve", str(data), "--steps", "0", "--holdout", "0"),
        *("--shard-rows", str(ROWS_EACH), "--out", f"file://{out}"),
    )
    from contextlib import ExitStack

    with ExitStack() as stack:
        workers = [stack.enter_context(_worker(env, folder)) for _ in range(processes - 1)]
        began = time.perf_counter()
        run = subprocess.Popen(
            command, env=env, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        half, peak = _watched(run, workers, out)
        seconds = time.perf_counter() - began
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT count(*), count(*) - count(DISTINCT key), max(at) - min(at) FROM promptbeam.calls"
        ).fetchone()
    lines = (out / "evolved.jsonl").read_bytes().count(b"\n")
    if found is None or lines != ROWS:
        raise RuntimeError(f"{lines} rows were written")
    return Seen(int(found[0]), int(found[1]), float(found[2]), seconds, half, peak)


def run() -> None:
    """Print the table."""
    from tests.service.postgres import fresh_database, running_server

    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "PROMPTBEAM_"))
    }
    print(f"{ROWS} rows, {ROWS_EACH} in a shard, {LATENCY_MS} ms, {CONCURRENCY} calls at once per process")
    print(f"load of the machine (1, 5, 15 minutes) before: {os.getloadavg()}, {os.cpu_count()} cores\n")
    print(
        "| processes | calls | paid twice | calls/s | of its bound | seconds in all | MiB half-way | MiB at most |"
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    rates = {}
    with (
        running_server() as server,
        Child("sandbox.model", ["--port", "0", "--latency-ms", str(LATENCY_MS)]) as model,
    ):
        env = {
            **kept,
            "OPENAI_BASE_URL": model.ready["url"],
            "PROMPTBEAM_TASK_MODEL": "simulated-small",
            "PROMPTBEAM_OPTIMIZER_MODEL": "simulated-large",
            "PROMPTBEAM_CONCURRENCY": str(CONCURRENCY),
            "PYTHONPATH": os.getcwd(),
        }
        for processes in (1, 2):
            with tempfile.TemporaryDirectory() as folder:
                database = fresh_database(server, f"bench{processes}")
                seen = _once(processes, env, database, Path(folder))
            rates[processes] = seen.rate
            bound = processes * CONCURRENCY / (LATENCY_MS / 1000)
            memory = ["/".join(f"{value:.0f}" for value in values) for values in (seen.half_way, seen.peak)]
            print(
                f"| {processes} | {seen.calls} | {seen.repeated} | {seen.rate:.0f} | {seen.rate / bound:.2f} "
                f"| {seen.seconds:.0f} | {memory[0]} | {memory[1]} |",
                flush=True,
            )
    print(f"\nTwo processes over one: {rates[2] / rates[1]:.2f}; load after: {os.getloadavg()}")
