"""How many calls racing needs to be as good as protegi at paper settings ends up.

Per task and seed protegi runs its six rounds as published, then racing with ``BENCH_SHARE`` (0.4) of the
calls that it took. ``BENCH_SEEDS`` (3), ``BENCH_FIRST_SEED`` (0), ``BENCH_TASKS`` and ``BENCH_WORKERS`` (2)
change the run; ``BENCH_PLOT`` names a PNG file to draw. Outcomes are kept in ``.promptbeam/outcomes`` for as
long as the code that made them stays, so that a run that was cut goes on.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Literal

from benchmarks.algorithms import wanted
from benchmarks.chase_plot import draw_chases
from benchmarks.contest import Outcome
from benchmarks.contestants import PAPER, Job
from benchmarks.kept_outcomes import folder_of_this_code, kept
from benchmarks.public_tasks import benchmark_tasks

Side = Literal["search side", "held out"]
SIDES: tuple[Side, Side] = ("search side", "held out")
SHARES = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Shares of protegi's calls at which racing's best prompt so far is compared with protegi's last."""


@dataclass(frozen=True, slots=True)
class Chase:
    """One seed of one task: protegi to its end, and racing with a share of its calls."""

    task: str
    racing: Outcome
    paper: Outcome

    def accuracy_at(self, calls: float, side: Side) -> float | None:
        """Return the accuracy (0..1) of racing's best prompt after ``calls`` calls; None before its first."""
        known = [point for point in self.racing.curve if point[0] <= calls]
        return _of(known[-1], side) if known else None

    def target(self, side: Side) -> float:
        """Return the accuracy (0..1) of the prompt that protegi hands in."""
        return self.paper.search_side if side == "search side" else self.paper.held_out

    def first(self, side: Side) -> int | None:
        """Return the calls after which racing's best was first as good; None if it never was."""
        return next((p[0] for p in self.racing.curve if _of(p, side) >= self.target(side)), None)

    def lasting(self, side: Side) -> int | None:
        """Return the calls from which on racing's best was never worse again; None if it ends worse."""
        since: int | None = None
        for point in self.racing.curve:
            if _of(point, side) < self.target(side):
                since = None
            elif since is None:
                since = point[0]
        return since

    def lead(self, side: Side, share: float) -> float | None:
        """Return by how many points racing's best leads protegi's last after that share of protegi's calls."""
        reached = self.accuracy_at(share * self.paper.calls, side)
        return None if reached is None else 100 * (reached - self.target(side))


def run() -> None:
    """Play every task and seed, print each as it comes, then what they say together."""
    number, first = int(os.environ.get("BENCH_SEEDS", "3")), int(os.environ.get("BENCH_FIRST_SEED", "0"))
    tasks = wanted(list(benchmark_tasks()), "BENCH_TASKS")
    matches = [(task, seed) for task in tasks for seed in range(first, first + number)]
    print(
        "| task, seed | protegi (paper): calls | side | where it ends | racing first there | to stay | racing ends |"
    )
    print("|---|---|---|---|---|---|---|")
    chases = []
    with Pool(int(os.environ.get("BENCH_WORKERS", "2"))) as workers:
        for chase in workers.imap(partial(_chase, folder=folder_of_this_code()), matches):
            chases.append(chase)
            print("\n".join(rows(chase)), flush=True)
    print("\n" + "\n".join(summary(chases)))
    if os.environ.get("BENCH_PLOT"):
        Path(os.environ["BENCH_PLOT"]).write_bytes(draw_chases(chases))


def rows(chase: Chase) -> list[str]:
    """Return one row of the table for each side."""
    told = []
    for side in SIDES:
        end = chase.racing.search_side if side == "search side" else chase.racing.held_out
        told.append(
            f"| {chase.task}, {chase.paper.seed} | {chase.paper.calls} | {side} | {100 * chase.target(side):.1f} "
            f"| {_told(chase.first(side), chase)} | {_told(chase.lasting(side), chase)} | {100 * end:.1f} |"
        )
    return told


def summary(chases: Sequence[Chase]) -> list[str]:
    """Return, per task and over all, in how many runs racing got there, and its mean lead at each share."""
    heads = " | ".join(f"lead at {100 * share:.0f} %" for share in SHARES)
    lines = [
        f"| task | side | runs | first there | to stay | median calls of those | {heads} |",
        "|---|---|---|---|---|---|" + "---|" * len(SHARES),
    ]
    for task in [*dict.fromkeys(chase.task for chase in chases), "all"]:
        of_task = [chase for chase in chases if task in ("all", chase.task)]
        lines += [_summed(task, side, of_task) for side in SIDES]
    return lines


def _summed(task: str, side: Side, chases: Sequence[Chase]) -> str:
    first = [chase for chase in chases if chase.first(side) is not None]
    lasting = [chase for chase in chases if chase.lasting(side) is not None]
    shares = [100 * (chase.first(side) or 0) / chase.paper.calls for chase in first]
    leads = []
    for share in SHARES:
        known = [lead for chase in chases if (lead := chase.lead(side, share)) is not None]
        leads.append(_with_error(known) if len(known) == len(chases) else "")
    middle = f"{statistics.median(shares):.0f} %" if shares else ""
    return (
        f"| {task} | {side} | {len(chases)} | {len(first)} | {len(lasting)} | {middle} | "
        + " | ".join(leads)
        + " |"
    )


def _chase(match: tuple[str, int], folder: Path) -> Chase:
    task, seed = match
    paper = kept(Job(task, PAPER, seed, 0), folder)
    share = float(os.environ.get("BENCH_SHARE", "0.4"))
    return Chase(task, kept(Job(task, "racing", seed, round(share * paper.calls), curve=True), folder), paper)


def _told(calls: int | None, chase: Chase) -> str:
    return "not" if calls is None else f"{calls}, {100 * calls / chase.paper.calls:.0f} %"


def _of(point: tuple[int, float, float], side: Side) -> float:
    return point[1] if side == "search side" else point[2]


def _with_error(values: Sequence[float]) -> str:
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return f"{statistics.mean(values):+.1f} ± {error:.1f}"
