"""The contestants of the algorithm benchmarks by name, and how one of them plays one seed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from benchmarks.contest import Contest, Entry, Outcome, full_paper, ours, peer
from benchmarks.peers.environment import peer_python, pinned
from benchmarks.public_tasks import benchmark_tasks
from optimizer import preset

PAPER = "protegi (paper settings)"
"""Six rounds as published, with no limit of calls."""


@dataclass(frozen=True, slots=True)
class Job:
    """One method on one task, one seed; ``curve``: its best prompts over the calls are judged too."""

    task: str
    method: str
    seed: int
    budget: int
    curve: bool = False


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


def play(job: Job) -> Outcome:
    """Play one seed of one method on one task."""
    entry = next(item for item in entries() if item.name == job.method)
    contest = Contest(benchmark_tasks()[job.task](), job.budget, curves=job.curve)
    (outcome,) = asyncio.run(contest.play(entry, (job.seed,)))
    return outcome
