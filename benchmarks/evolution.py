"""Auto Evol-Instruct: calls and waits per step, failure rates, throughput, memory, and kills.

``BENCH_PARTS=steps,rates`` runs some of the parts only: steps, rates, application, memory, kills, shards.
"""

from __future__ import annotations

import importlib
import os

PARTS = ("steps", "rates", "application", "memory", "kills", "shards")


def run() -> None:
    """Run the parts named in BENCH_PARTS, all without it, and print their tables."""
    wanted = [part for part in os.environ.get("BENCH_PARTS", "").split(",") if part] or list(PARTS)
    for part in wanted:
        module = importlib.import_module(f"benchmarks.evolving.{part}")
        print(f"\n### {part}: {module.__doc__.splitlines()[0]}\n", flush=True)
        module.run()
