"""Prompts in sections: evolve against racing at the same number of calls, with and without expected answers.

``BENCH_SEEDS`` (5) and ``BENCH_BUDGET`` (1200 search calls) change the run; see ``docs/benchmarks.md``.
"""

from __future__ import annotations

import asyncio
import os
import statistics
from collections.abc import Sequence

from benchmarks.contest import Contest, Entry, Outcome, ours
from benchmarks.tasks import ROOT
from optimizer import Task, build_task, load_examples, preset

TICKETS = """# Role
You sort the tickets of a company that makes smart-home devices.

# Constraints
- Choose one team: billing, bug, account, shipping, feature.

# Workflow
1. Read the ticket.
2. Decide which team has to act.

# Output
The team.

# Input
{ticket}
"""


def run() -> None:
    """Play both searches on both tasks and print a table."""
    seeds = tuple(range(int(os.environ.get("BENCH_SEEDS", "5"))))
    budget = int(os.environ.get("BENCH_BUDGET", "1200"))
    entries = (
        Entry("racing", ours("racing", preset("standard"))),
        Entry("evolve", ours("evolve", preset("standard"))),
    )
    print("| task | holdout n | method | held-out score, mean ± SE | evolve minus it, paired | calls |")
    print("|---|---|---|---|---|---|")
    for name, task in (("customer-replies, judged", replies()), ("support-tickets in sections", tickets())):
        played: dict[str, list[Outcome]] = {}
        for entry in entries:
            played[entry.name] = asyncio.run(Contest(task, budget).play(entry, seeds))
        print(
            "\n".join(_row(name, method, of, played["evolve"]) for method, of in played.items()), flush=True
        )


def replies() -> Task:
    """Replies to mail, judged by criteria; there are no expected answers."""
    folder = ROOT / "examples" / "customer-replies"
    return build_task(
        (folder / "prompt.txt").read_text("utf-8"),
        load_examples("mails.csv", (folder / "mails.csv").read_bytes()),
        criteria=(folder / "criteria.txt").read_text("utf-8"),
    )


def tickets() -> Task:
    """The support tickets of ``examples/`` under a prompt in sections."""
    path = ROOT / "examples" / "support-tickets" / "tickets.csv"
    return build_task(TICKETS, load_examples(path.name, path.read_bytes()))


def _row(task: str, method: str, outcomes: Sequence[Outcome], evolved: Sequence[Outcome]) -> str:
    scores = [100 * item.held_out for item in outcomes]
    gaps = [100 * (mine.held_out - item.held_out) for mine, item in zip(evolved, outcomes, strict=True)]
    gap = "" if method == "evolve" else f"{statistics.mean(gaps):+.1f} ± {_error(gaps):.1f}"
    calls = statistics.mean(item.calls for item in outcomes)
    return (
        f"| {task} | {outcomes[0].n} | {method} | {statistics.mean(scores):.1f} ± {_error(scores):.1f} "
        f"| {gap} | {calls:.0f} |"
    )


def _error(values: Sequence[float]) -> float:
    return statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
