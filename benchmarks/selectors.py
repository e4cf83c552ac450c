"""Selection alone, simulated: regret, evaluations and waves of every selector (mean and standard error).

Arms are prompts whose true accuracy is known; their answers on an example agree through its shared
difficulty (a latent correlation). Regret is the mean true accuracy of the best four arms minus that
of the four that the selector puts first, in points. BENCH_REPETITIONS sets the number of repetitions.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer import OptimizeConfig
from optimizer.selection.arms import Arm
from optimizer.selection.choose import choose_selector

ARMS = 36
BEAM = 4
MEAN_ACCURACY = 0.75
POOL = 1000
BUDGET = 2048
REPETITIONS = 200
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class World:
    """How arms differ (standard deviation of true accuracy) and how alike their answers are."""

    spread: float
    correlation: float
    pool: int = POOL

    def __str__(self) -> str:
        pool = f", pool {self.pool}" if self.pool != POOL else ""
        return f"sd {self.spread}, corr {self.correlation}{pool}"


WORLDS = (World(0.05, 0.7), World(0.03, 0.85), World(0.08, 0.5), World(0.05, 0.7, pool=200))
SETTINGS: dict[str, dict[str, Any]] = {
    "uniform": {"selector": "uniform"},
    "UCB, c=2": {"selector": "ucb"},
    "UCB, c=0.3": {"selector": "ucb", "ucb_c": 0.3},
    "UCB-E, c=2": {"selector": "ucb-e"},
    "UCB-E, c=0.3": {"selector": "ucb-e", "ucb_c": 0.3},
    "successive rejects": {"selector": "successive-rejects"},
    "stochastic rejects": {"selector": "stochastic-rejects"},
    "successive halving, eta 2": {"selector": "successive-halving", "halving_eta": 2},
    "successive halving, eta 3": {"selector": "successive-halving"},
    "halving, eta 3, half budget": {"selector": "successive-halving", "budget": BUDGET // 2},
    "block race": {"selector": "block-race"},
}


def outcomes(world: World, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw true accuracies and a table (arm, example) of 0/1 answers that are right that often."""
    accuracy = np.clip(random.normal(MEAN_ACCURACY, world.spread, ARMS), 0.02, 0.98)
    shared = random.normal(size=world.pool)
    own = random.normal(size=(ARMS, world.pool))
    ease = np.sqrt(world.correlation) * shared + np.sqrt(1 - world.correlation) * own
    bars = np.array([NormalDist().inv_cdf(1 - float(value)) for value in accuracy])
    return accuracy, (ease > bars[:, None]).astype(float)


@dataclass(slots=True)
class Measured:
    """One selection: its price and what it chose."""

    evaluations: int = 0
    waves: int = 0
    regret: float = 0.0


async def measure(config: OptimizeConfig, budget: int, accuracy: Floats, table: Floats) -> Measured:
    """Run one selector once over the answers in ``table``."""
    measured = Measured()
    rows = table.tolist()

    async def pull(arm: int, start: int, stop: int) -> Sequence[float]:
        measured.evaluations += stop - start
        return rows[arm][start:stop]

    def on_wave(wave: int, waves: int, evaluations: int, arms: Sequence[Arm]) -> None:
        measured.waves += 1

    ranking = await choose_selector(config).select(ARMS, table.shape[1], budget, pull, on_wave)
    chosen = [arm.index for arm in ranking[:BEAM]]
    measured.regret = 100 * float(np.sort(accuracy)[-BEAM:].mean() - accuracy[chosen].mean())
    return measured


async def _measure_all(repetitions: int) -> dict[tuple[str, World], list[Measured]]:
    """Run every selector on the same worlds: repetition i of a world is the same for all of them."""
    results: dict[tuple[str, World], list[Measured]] = {}
    for number, world in enumerate(WORLDS):
        for repetition in range(repetitions):
            accuracy, table = outcomes(world, np.random.default_rng((number, repetition)))
            for name, knobs in SETTINGS.items():
                budget = knobs.get("budget", BUDGET)
                changes = {knob: value for knob, value in knobs.items() if knob != "budget"}
                config = OptimizeConfig(beam_width=BEAM, seed=repetition, **changes)
                results.setdefault((name, world), []).append(await measure(config, budget, accuracy, table))
    return results


def run() -> None:
    """Print one table over all worlds."""
    repetitions = int(os.environ.get("BENCH_REPETITIONS", REPETITIONS))
    results = asyncio.run(_measure_all(repetitions))
    print(f"{ARMS} arms, beam {BEAM}, budget {BUDGET}, {repetitions} repetitions; regret in points.\n")
    print(f"| selector | evaluations | waves | {' | '.join(str(world) for world in WORLDS)} |")
    print("|---|---|---|" + "---|" * len(WORLDS))
    for name in SETTINGS:
        first = results[name, WORLDS[0]]
        evaluations = np.mean([item.evaluations for item in first])
        waves = np.mean([item.waves for item in first])
        regrets = [_told([item.regret for item in results[name, world]]) for world in WORLDS]
        print(f"| {name} | {evaluations:,.0f} | {waves:.1f} | {' | '.join(regrets)} |")


def _told(values: Sequence[float]) -> str:
    error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
    return f"{np.mean(values):.2f} ± {error:.2f}"
