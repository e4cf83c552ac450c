"""Team memory: does a run that is told what earlier runs learned get there sooner than one that is not?

Half of a task's rows belong to the past: a run on them, with another seed, leaves its lessons. The other
half is the present: the same search runs on it cold, with the recalled lessons, with these and the prompt
that the past ended with, and with lessons from another task (a control: it is the content that should
help, not the extra reason). ``BENCH_SEEDS`` (5), ``BENCH_FIRST_SEED`` (0), ``BENCH_BUDGET`` (800) and
``BENCH_TASKS`` change the run.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.contest import Contest, Entry, Outcome, ours
from benchmarks.model_inside import ModelInside
from benchmarks.public_tasks import benchmark_tasks
from bot.background.memory import about, keep_lessons, texts
from optimizer import Budget, Task, preset, run_optimization
from optimizer.events import Event
from optimizer.seeds import generator
from optimizer.task import warm_started
from storage.runs import RunRecord
from storage.store import Store
from storage.visibility import Place, Viewer

WAYS = ("cold", "lessons", "lessons and prompt", "foreign lessons")
OWNER = Viewer("", "", everything=True)
SEARCH = preset("standard")


@dataclass(frozen=True, slots=True)
class Pair:
    """One seed of one task: what each way led to, and how many lessons were recalled for it."""

    outcomes: Mapping[str, Outcome]
    lessons: int


def run() -> None:
    """Play every task and seed and print the table."""
    number, first = int(os.environ.get("BENCH_SEEDS", "5")), int(os.environ.get("BENCH_FIRST_SEED", "0"))
    asked = [part.strip() for part in os.environ.get("BENCH_TASKS", "").split(",") if part.strip()]
    makers = benchmark_tasks()
    names = [name for name in makers if not asked or any(name.startswith(part) for part in asked)]
    print(f"{number} seeds from {first}, {_budget()} search calls; ± is the standard error of the mean.\n")
    print("| task | way | lessons | held-out accuracy | minus cold | calls to cold's search score |")
    print("|---|---|---|---|---|---|")
    pasts = {name: _halves(makers[name](), 0)[0] for name in makers}
    for name in names:
        other = next(one for one in makers if one != name)
        pairs = [_play(makers[name](), pasts[other], seed) for seed in range(first, first + number)]
        print("\n".join(_rows(name, pairs)), flush=True)


def _budget() -> int:
    return int(os.environ.get("BENCH_BUDGET", "800"))


def _halves(task: Task, seed: int) -> tuple[Task, Task]:
    """Split the rows into past and present; they have no row in common."""
    rows = list(task.examples)
    generator(seed, "team-memory").shuffle(rows)
    middle = len(rows) // 2
    return replace(task, examples=tuple(rows[:middle])), replace(task, examples=tuple(rows[middle:]))


def _play(task: Task, foreign: Task, seed: int) -> Pair:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_all_ways(task, foreign, seed, Path(folder)))


async def _all_ways(task: Task, foreign: Task, seed: int, folder: Path) -> Pair:
    past, present = _halves(task, seed)
    own, prompt = await _past(past, seed + 1000, folder / "own")
    strange, _ = await _past(foreign, seed + 2000, folder / "foreign")
    tasks = {
        "cold": present,
        "lessons": warm_started(present, (), own),
        "lessons and prompt": warm_started(present, (prompt,) if prompt else (), own),
        "foreign lessons": warm_started(present, (), strange),
    }
    outcomes = {}
    for way in WAYS:
        contest = Contest(tasks[way], _budget(), curves=True)
        (outcomes[way],) = await contest.play(Entry(way, ours("racing", SEARCH)), [seed])
    return Pair(outcomes, len(own))


async def _past(past: Task, seed: int, folder: Path) -> tuple[tuple[str, ...], str]:
    """Run on the past's rows, keep what it learned as the bot does; return the lessons recalled and its prompt.

    The prompt is empty when it was not shown to be better.
    """
    config = replace(SEARCH, seed=seed, budget=Budget(calls=2 * _budget()))
    events: list[Event] = []
    async with ModelInside().pool() as models:
        result = await run_optimization(past, config, models, on_event=events.append)
    run = RunRecord("past", "optimize", "done", "me", Place("", "", "terminal"), {}, 0.0)
    with Store(folder) as store:
        keep_lessons(store, run, past, events)
        lessons = texts(store.lessons.recall(about(past), OWNER))
    return lessons, result.final_prompt if result.verdict == "better" else ""


def _rows(task: str, pairs: Sequence[Pair]) -> list[str]:
    rows = []
    for way in WAYS:
        mine = [pair.outcomes[way] for pair in pairs]
        scores = [100 * item.held_out for item in mine]
        gaps = [100 * (pair.outcomes[way].held_out - pair.outcomes["cold"].held_out) for pair in pairs]
        reached = [_calls_to(pair.outcomes[way], pair.outcomes["cold"].search_side) for pair in pairs]
        known = [calls for calls in reached if calls is not None]
        calls = f"{statistics.median(known):.0f} (median of {len(known)} of {len(pairs)})" if known else "not"
        gap = "" if way == "cold" else _with_error(gaps)
        lessons = sum(pair.lessons for pair in pairs) / len(pairs) if way.startswith("lessons") else 0
        rows.append(
            f"| {task} | {way} | {f'{lessons:.1f}' if lessons else ''} | {_with_error(scores)} | {gap} | {calls} |"
        )
    return rows


def _calls_to(outcome: Outcome, score: float) -> int | None:
    """Return the calls after the first round whose best prompt is as good on the search side."""
    return next((calls for calls, pool, _ in outcome.curve if pool >= score), None)


def _with_error(values: Sequence[float]) -> str:
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.1f} ± {error:.1f}"
