"""Tasks for the benchmarks: public data from ``../shared/data`` when it is there, else the examples."""

from __future__ import annotations

from pathlib import Path

from optimizer import Task, build_task, load_examples

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def tickets() -> Task:
    """The support tickets of ``examples/``."""
    folder = ROOT / "examples" / "support-tickets"
    return build_task(
        (folder / "prompt.txt").read_text("utf-8"),
        load_examples("tickets.csv", (folder / "tickets.csv").read_bytes()),
    )
