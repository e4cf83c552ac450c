"""Failure rate on held-out instructions: e0 alone, Evol-Instruct, Auto Evol-Instruct, several seeds.

All three are measured on the same held-out instructions of each seed, which no search has seen. ``BENCH_SEEDS``
says how many seeds (5). The rates are the simulated model's.
"""

from __future__ import annotations

import asyncio
import math
import os
from dataclasses import replace
from statistics import fmean, stdev

from benchmarks.evolving.data import public_data
from bot.cli.children import Child
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.run import EvolveResult, run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.instructions.records import InstructionSource
from optimizer.model.settings import ModelSettings

CONFIG = EvolveConfig(apply=False)


async def _runs(source: InstructionSource, url: str, seed: int) -> tuple[EvolveResult, EvolveResult]:
    """Run both algorithms with one seed; the first method of the one is e0 alone."""
    settings = ModelSettings(
        task_model="simulated-small", optimizer_model="simulated-large", base_url=url, concurrency=64
    )
    task, config = EvolveTask(source), replace(CONFIG, seed=seed)
    auto = await run_evolution(task, config, settings)
    return auto, await run_evolution(task, replace(config, algorithm="evol-instruct"), settings)


def run() -> None:
    """Print the table."""
    seeds = int(os.environ.get("BENCH_SEEDS", "5"))
    print(f"Held-out failure rates in %, mean of {seeds} seeds ± standard error\n")
    print(
        "| data | held out | evol-instruct | e0 alone | auto-evol | auto-evol minus e0 | dev: e0 to final "
        "| better/not shown/worse | calls |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, source in public_data().items():
        with Child("sandbox.model", ["--port", "0"]) as child:
            pairs = [asyncio.run(_runs(source, child.ready["url"], seed)) for seed in range(seeds)]
        autos = [auto for auto, _ in pairs]
        tests = [auto.holdout for auto in autos if auto.holdout]
        fixed = [1 - item.holdout.final_score for _, item in pairs if item.holdout]
        verdicts = "/".join(
            str(sum(auto.verdict == verdict for auto in autos))
            for verdict in ("better", "not shown", "worse")
        )
        print(
            f"| {name} | {tests[0].n} | {_shown(fixed)} | {_shown([1 - test.seed_score for test in tests])} "
            f"| {_shown([1 - test.final_score for test in tests])} | {_shown([-test.difference for test in tests])} "
            f"| {100 * fmean(auto.first_rate or 0 for auto in autos):.1f} to "
            f"{100 * fmean(auto.final_rate or 0 for auto in autos):.1f} | {verdicts} "
            f"| {fmean(auto.calls for auto in autos):.0f} |",
            flush=True,
        )


def _shown(values: list[float]) -> str:
    error = stdev(values) / math.sqrt(len(values)) if len(values) > 1 else float("nan")
    return f"{100 * fmean(values):.1f} ± {100 * error:.1f}"
