"""Held-out accuracy of every search at the same number of calls: ours, and peers from the package index.

``BENCH_SEEDS`` (3), ``BENCH_FIRST_SEED`` (0), ``BENCH_BUDGET`` (1200 search calls), ``BENCH_TASKS``,
``BENCH_METHODS`` (comma-separated) and ``BENCH_WORKERS`` (2) change the run.
See ``docs/benchmarks.md`` for what the table can show.
"""

from __future__ import annotations

import asyncio
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import Pool

from benchmarks.contest import Contest, Entry, Outcome, full_paper, ours, peer
from benchmarks.peers.environment import peer_python, pinned
from benchmarks.public_tasks import benchmark_tasks
from optimizer import preset

PAPER = "protegi, paper settings, no limit"


@dataclass(frozen=True, slots=True)
class Job:
    """One method on one task, several seeds."""

    task: str
    method: str
    seeds: tuple[int, ...]
    budget: int


def entries() -> list[Entry]:
    """Return every contestant in the order of the table; peers that cannot play say why, loudly."""
    python, trouble = peer_python()
    versions = pinned()
    return [
        Entry("racing", ours("racing", preset("standard"))),
        Entry("evolve", ours("evolve", preset("standard"))),
        Entry("protegi", ours("protegi", preset("quick"))),
        Entry("mc", ours("mc", preset("quick"))),
        Entry(f"gepa {versions['gepa']}", peer(python, trouble, "benchmarks.peers.play_gepa")),
        Entry(
            f"CAPO (promptolution {versions['promptolution']})",
            peer(python, trouble, "benchmarks.peers.play_capo"),
        ),
        Entry(PAPER, full_paper),
    ]


def run() -> None:
    """Play every task, seed and method, and print the tables."""
    number, budget = int(os.environ.get("BENCH_SEEDS", "3")), int(os.environ.get("BENCH_BUDGET", "1200"))
    first = int(os.environ.get("BENCH_FIRST_SEED", "0"))
    methods = _wanted([entry.name for entry in entries()], "BENCH_METHODS")
    jobs = [
        Job(task, method, tuple(range(first, first + number)), budget)
        for task in _wanted(list(benchmark_tasks()), "BENCH_TASKS")
        for method in methods
    ]
    print(
        "| task | holdout n | method | held-out accuracy, mean ± SE | racing minus it, paired | calls | wall s |"
    )
    print("|---|---|---|---|---|---|---|")
    results: dict[str, dict[str, list[Outcome]]] = {}
    with Pool(int(os.environ.get("BENCH_WORKERS", "2"))) as workers:
        for job, outcomes in zip(jobs, workers.imap(play, jobs), strict=True):
            of_task = results.setdefault(job.task, {})
            of_task[job.method] = outcomes
            if len(of_task) == len(methods):
                print("\n".join(_rows(job.task, of_task)), flush=True)


def play(job: Job) -> list[Outcome]:
    """Play all seeds of one method on one task."""
    entry = next(item for item in entries() if item.name == job.method)
    contest = Contest(benchmark_tasks()[job.task](), job.budget)
    return asyncio.run(contest.play(entry, job.seeds))


def _rows(task: str, results: dict[str, list[Outcome]]) -> list[str]:
    rows = []
    racing = results.get("racing", [])
    for method, outcomes in results.items():
        failed = next((item.failure for item in outcomes if item.failure), "")
        if failed:
            rows.append(f"| {task} | | **{method}: DID NOT RUN: {failed}** | | | | |")
            continue
        scores = [item.held_out for item in outcomes]
        gaps = [100 * (mine.held_out - item.held_out) for mine, item in zip(racing, outcomes, strict=False)]
        calls = statistics.mean(item.calls for item in outcomes)
        wall = statistics.mean(item.seconds for item in outcomes)
        gap = "" if method == "racing" or not gaps else f"{statistics.mean(gaps):+.1f} ± {_error(gaps):.1f}"
        rows.append(
            f"| {task} | {outcomes[0].n} | {method} | {100 * statistics.mean(scores):.1f} ± "
            f"{100 * _error(scores):.1f} | {gap} | {calls:.0f} | {wall:.1f} |"
        )
    return rows


def _error(values: Sequence[float]) -> float:
    """Standard error of the mean; 0 for a single value."""
    return statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0


def _wanted(names: list[str], variable: str) -> list[str]:
    asked = [part.strip() for part in os.environ.get(variable, "").split(",") if part.strip()]
    return [name for name in names if not asked or any(name.startswith(part) for part in asked)]
