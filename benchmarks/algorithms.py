"""Held-out accuracy of every search at the same number of calls: ours, and peers from the package index.

``BENCH_SEEDS`` (3), ``BENCH_FIRST_SEED`` (0), ``BENCH_BUDGET`` (1200 search calls), ``BENCH_TASKS``,
``BENCH_METHODS`` (comma-separated) and ``BENCH_WORKERS`` (2) change the run. Outcomes are kept, so that a run that
was cut goes on (``benchmarks/kept_outcomes.py``).
See ``docs/benchmarks.md`` for what the table can show.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Mapping, Sequence
from functools import partial
from multiprocessing import Pool

from benchmarks.contest import Outcome
from benchmarks.contestants import PAPER, Job, entries
from benchmarks.kept_outcomes import folder_of_this_code, kept
from benchmarks.public_tasks import benchmark_tasks


def run() -> None:
    """Play every task, method and seed, and print the table."""
    number, budget = int(os.environ.get("BENCH_SEEDS", "3")), int(os.environ.get("BENCH_BUDGET", "1200"))
    first = int(os.environ.get("BENCH_FIRST_SEED", "0"))
    methods = wanted([entry.name for entry in entries()], "BENCH_METHODS")
    tasks = wanted(list(benchmark_tasks()), "BENCH_TASKS")
    seeds = range(first, first + number)
    calls = {PAPER: 0}
    jobs = [
        Job(task, method, seed, calls.get(method, budget))
        for task in tasks
        for method in methods
        for seed in seeds
    ]
    print(
        "| task | holdout n | method | held-out accuracy, mean ± SE | racing minus it, paired | calls | wall s |"
    )
    print("|---|---|---|---|---|---|---|")
    results: dict[str, dict[str, list[Outcome]]] = {}
    with Pool(int(os.environ.get("BENCH_WORKERS", "2"))) as workers:
        for job, outcome in zip(
            jobs, workers.imap(partial(kept, folder=folder_of_this_code()), jobs), strict=True
        ):
            of_task = results.setdefault(job.task, {})
            of_task.setdefault(job.method, []).append(outcome)
            if (job.method, job.seed) == (methods[-1], seeds[-1]):
                print("\n".join(_rows(job.task, of_task)), flush=True)
    print("\nOver all tasks, racing minus: " + "; ".join(_over_all(results)) + ".")


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


def _over_all(results: Mapping[str, Mapping[str, Sequence[Outcome]]]) -> list[str]:
    gaps: dict[str, list[float]] = {}
    for of_task in results.values():
        for method, outcomes in of_task.items():
            if method != "racing" and "racing" in of_task and not any(item.failure for item in outcomes):
                pairs = zip(of_task["racing"], outcomes, strict=True)
                gaps.setdefault(method, []).extend(
                    100 * (mine.held_out - item.held_out) for mine, item in pairs
                )
    return [
        f"{name} {statistics.mean(of):+.1f} ± {_error(of):.1f} ({len(of)} pairs)" for name, of in gaps.items()
    ]


def _error(values: Sequence[float]) -> float:
    """Standard error of the mean; 0 for a single value."""
    return statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0


def wanted(names: list[str], variable: str) -> list[str]:
    """Return those of ``names`` that the environment's ``variable`` names; all if it is not set.

    A part of it names what is called so, else all that begin so.
    """
    asked = [part.strip() for part in os.environ.get(variable, "").split(",") if part.strip()]
    exact = set(asked) & set(names)
    parts = tuple(part for part in asked if part not in exact)
    return [name for name in names if not asked or name in exact or (parts and name.startswith(parts))]
