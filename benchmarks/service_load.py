"""The whole bot under load: 50 runs queued, 20 in flight; acknowledgements, edits, memory, journal CPU."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from bot.cli.children import Child
from bot.cli.demo import demo_environment
from optimizer.model.protocol import JournalEntry, ModelAnswer
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from storage.store import Store

RUNS = int(os.environ.get("BENCH_RUNS", "50"))
AT_ONCE = int(os.environ.get("BENCH_AT_ONCE", "20"))
LATENCY_MS = 200
ENTRIES = 5_000
IDLE_COMMANDS = 100
_EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "support-tickets"


def run() -> None:
    """Print both tables."""
    with (
        Child("sandbox.model", ["--port", "0", "--latency-ms", str(LATENCY_MS)]) as model,
        RunningWorkspace(Options()) as workspace,
        tempfile.TemporaryDirectory() as folder,
    ):
        _load(workspace, model.ready, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        _journal(Path(folder))


@contextmanager
def _bot(workspace: RunningWorkspace, model: Mapping[str, Any], folder: Path) -> Iterator[int]:
    """Run the bot in a process of its own and give its number."""
    names = ("api_url", "bot_token", "app_token", "signing_secret")
    env = demo_environment(
        {**os.environ, "PROMPTBEAM_DATA": str(folder)},
        {name: getattr(workspace, name) for name in names},
        model,
    )
    env |= {
        "MAX_CONCURRENT_RUNS": str(AT_ONCE),
        "MAX_WAITING_RUNS": str(RUNS),
        "PROMPTBEAM_CONCURRENCY": "64",
    }
    bot = subprocess.Popen(
        [sys.executable, "-c", "from bot.cli.main import main; main()", "bot"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        workspace.wait_for_app()
        yield bot.pid
    finally:
        bot.terminate()
        bot.wait(timeout=60)


def _load(workspace: RunningWorkspace, model: Mapping[str, Any], folder: Path) -> None:
    acks: list[float] = []
    idle: list[float] = []
    forms: list[float] = []
    with _bot(workspace, model, folder) as pid, Store(folder / "demo") as store:
        for _ in range(IDLE_COMMANDS):
            _timed(idle, workspace.slash, "bob", "prompts", "/optimize status")
            time.sleep(0.1)
        began = time.monotonic()
        with _Watch(store, pid) as watch:
            for number in range(RUNS):
                _ask(workspace, number, acks, forms)
            submitted = time.monotonic() - began
            while store.runs.unfinished():
                # People go on asking while runs are in flight.
                _timed(acks, workspace.slash, "bob", "prompts", "/optimize status")
                time.sleep(1)
        seconds = time.monotonic() - began
        done = store.database.rows("SELECT count(*) FROM runs WHERE status = 'done'")[0][0]
    acks.sort()
    idle.sort()
    forms.sort()
    edits = _per_minute(workspace, "chat.update")
    rows = (
        (f"acknowledgement of {len(idle)} commands before any run: p50, p99, worst", _spread(idle)),
        (f"acknowledgement of {len(acks)} commands under load: p50, p99, worst", _spread(acks)),
        (f"{len(forms)} forms (upload, checks, acknowledgement): p50, worst", _spread(forms)),
        ("`chat.update` per minute: median, most", f"{statistics.median(edits):.0f}, {max(edits)}"),
        ("most runs in flight", f"{watch.most}"),
        (
            "resident memory at a quarter, half, three quarters, the end",
            ", ".join(f"{watch.at(share)}" for share in (0.25, 0.5, 0.75, 1)) + " MB",
        ),
        ("all submitted after, all ended after", f"{submitted:.0f} s, {seconds:.0f} s"),
        ("ended well", f"{done} of {RUNS}"),
    )
    print(f"{RUNS} runs, {AT_ONCE} at once, model answers after {LATENCY_MS} ms, {os.cpu_count()} cores\n")
    print("| what | measured |\n|---|---|")
    for what, measured in rows:
        print(f"| {what} | {measured} |")


def _ask(workspace: RunningWorkspace, number: int, acks: list[float], forms: list[float]) -> None:
    user = ("alice", "bob", "carol")[number % 3]
    _timed(acks, workspace.slash, user, "prompts", "/optimize")
    workspace.view(user, 30)
    prompt = f"Desk {number}. {(_EXAMPLES / 'prompt.txt').read_text()}"
    rows = [("tickets.csv", (_EXAMPLES / "tickets.csv").read_bytes())]
    _timed(forms, workspace.submit, user, {"prompt": prompt, "examples": rows})


def _timed(acks: list[float], act: Callable[..., object], *values: object) -> None:
    """Add the milliseconds until Slack has the acknowledgement."""
    before = time.monotonic()
    act(*values)
    acks.append((time.monotonic() - before) * 1000)


class _Watch:
    """Looks at memory and at the runs in flight twice a second while the block runs."""

    def __init__(self, store: Store, pid: int) -> None:
        self._store = store
        self._process = psutil.Process(pid)
        self._ended = threading.Event()
        self._memory: list[int] = []
        self.most = 0
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def at(self, share: float) -> int:
        return self._memory[min(len(self._memory) - 1, int(share * len(self._memory)))]

    def _look(self) -> None:
        while not self._ended.wait(0.5):
            self._memory.append(self._process.memory_info().rss // 2**20)
            running = sum(run.status == "running" for run in self._store.runs.unfinished())
            self.most = max(self.most, running)


def _per_minute(workspace: RunningWorkspace, method: str) -> list[int]:
    calls: list[dict[str, Any]] = [one for one in workspace.calls() if one["method"] == method]
    return list(Counter(int(one["at"] // 60) for one in calls).values()) or [0]


def _spread(values: list[float]) -> str:
    return f"{_share(values, 0.5):.0f}, {_share(values, 0.99):.0f}, {values[-1]:.0f} ms"


def _share(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]


def _journal(folder: Path) -> None:
    """Print the CPU that recording and finding an answer takes."""
    with Store(folder) as store:
        entries = [
            JournalEntry(f"key-{number:06d}", "r-1", "model", "task", ModelAnswer("label " * 30, 100, 40))
            for number in range(ENTRIES)
        ]

        async def record() -> None:
            for start in range(0, ENTRIES, 64):
                await asyncio.gather(*(store.journal.record(one) for one in entries[start : start + 64]))

        before = time.process_time()
        asyncio.run(record())
        recorded = time.process_time() - before
        before = time.process_time()
        for entry in entries:
            store.journal.find(entry.key)
        found = time.process_time() - before
    print(f"\n{ENTRIES} answers, 64 at once\n\n| journal, SQLite | CPU ms per call |\n|---|---|")
    print(f"| record (until it is on the disk) | {recorded / ENTRIES * 1000:.3f} |")
    print(f"| find | {found / ENTRIES * 1000:.3f} |")
