"""Wall-clock of whole runs over (critical path in model round-trips x latency), 64 calls at once.

The critical path counts, phase by phase, the round-trips that must wait for each other: a phase of c
independent calls takes ceil(c / 64), an expansion takes its minibatch (racing has none) plus three
round-trips: critique, edit and paraphrase, or critique, summary and edit. 1.0 would be a run that keeps
these barriers and waits for nothing but the model; an algorithm that starts a phase before the one before
it has ended can come in below.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

from benchmarks.tasks import tickets
from bot.cli.children import Child
from optimizer import ModelSettings, optimize, preset
from optimizer import events as e
from optimizer.holdout_events import HoldoutTested

CONCURRENCY = 64
LATENCIES_MS = (50, 200)
CASES = (("racing", "quick"), ("racing", "standard"), ("protegi", "quick"), ("protegi", "standard"))


@dataclass(slots=True)
class PathCounter:
    """An event sink that adds up the critical path of a run, in round-trips."""

    round_trips: int = 0
    calls_before: int = 0
    evaluations: int = 0

    def __call__(self, event: e.Event) -> None:
        """Count the phase that ``event`` ends."""
        if isinstance(event, e.RunStarted):
            self._scores_minibatches = event.algorithm != "racing"
        elif isinstance(event, e.BaselineScored):
            self.round_trips += math.ceil(event.n / CONCURRENCY)
        elif isinstance(event, e.CandidatesProposed):
            self.round_trips += self._minibatches + 3
        elif isinstance(event, e.RoundStarted):
            self._minibatches, self.evaluations = 0, 0
            self._parents = len(event.parents)
        elif isinstance(event, e.ErrorsGrouped) and self._scores_minibatches:
            self._minibatches = math.ceil(self._parents * event.minibatch / CONCURRENCY)
        elif isinstance(event, e.RungScored):
            self.round_trips += math.ceil((event.evaluations - self.evaluations) / CONCURRENCY)
            self.evaluations = event.evaluations
        elif isinstance(event, HoldoutTested):
            self.round_trips += 1 + math.ceil(2 * event.n / CONCURRENCY)  # the final choice, then the test

    _minibatches: int = 0
    _parents: int = 1
    _scores_minibatches: bool = True


def run() -> None:
    """Print the table."""
    print(
        "| algorithm, preset | latency ms | calls | critical path | wall s | wall / (path x latency) | calls/s |"
    )
    print("|---|---|---|---|---|---|---|")
    for latency in LATENCIES_MS:
        for algorithm, name in CASES:
            with Child("sandbox.model", ["--port", "0", "--latency-ms", str(latency)]) as child:
                settings = ModelSettings(
                    task_model="simulated-small",
                    optimizer_model="simulated-large",
                    base_url=child.ready["url"],
                    concurrency=CONCURRENCY,
                )
                config = replace(preset(name), algorithm=algorithm, patience=None)
                path = PathCounter()
                optimize(tickets(), replace(config, rounds=1, seed=99), settings)  # imports and connections
                began = time.perf_counter()
                result = optimize(tickets(), config, settings, on_event=path)
                wall = time.perf_counter() - began
            ratio = wall / (path.round_trips * latency / 1000)
            print(
                f"| {algorithm}, {name} | {latency} | {result.calls} | {path.round_trips} | {wall:.2f} | {ratio:.2f} "
                f"| {result.calls / wall:.0f} |",
                flush=True,
            )
