"""Instruction data in memory, and a model that evolves better the more stars its method has."""

import json
import random
import re
from dataclasses import replace

from optimizer.events import is_durable
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.run import run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.instructions.records import Instruction, UnusableRow
from tests.optimizer.scripted import scripted_pool

CONFIG = EvolveConfig(steps=3, candidates=3, batch=6, dev=20, first_rung=5, holdout=20, seed=3, patience=None)
METHOD = (
    "1. Think of ways to make it harder.\n2. Rewrite it and keep every fact of the original in the result."
)


class ListSource:
    """Rows in memory; counts how often it was read from the start."""

    name, shape, notes = "tasks.jsonl", "alpaca", ()

    def __init__(self, rows):
        self._rows = rows

    def rows(self, after=0):
        yield from self._rows[after:]


class ListSink:
    """Keeps written rows in memory."""

    def __init__(self, rows=()):
        self.rows = list(rows)

    @property
    def written(self):
        return len(self.rows)

    def write(self, row):
        self.rows.append(row)


def instructions(count, unusable=()):
    """Rows with different texts; those numbered in ``unusable`` lack the field."""
    return [
        UnusableRow(n, "The row has no instruction.", {"n": n})
        if n in unusable
        else Instruction(
            n, f"Describe thing {n} in a few words.", response=f"old answer {n}", original={"n": n}
        )
        for n in range(1, count + 1)
    ]


def blocks(request):
    return dict(re.findall(r"<([\w-]+)>\n(.*?)\n</\1>", request.messages[-1].content, re.DOTALL))


def skilled(request, attempt):
    """The more stars in the method, the fewer evolutions fail; the improver adds a star."""
    system = request.messages[0].content
    parts = blocks(request)
    rng = random.Random(f"{request.seed}/{request.messages[-1].content}")
    if system.startswith("Job: evolve"):
        stars = parts["method"].count("*")
        fails = random.Random(parts["instruction"]).random() < 0.6 - 0.2 * stars
        mark = " (it)" if fails and "failed" not in parts else ""
        return f"Step 1. ...\n<evolved>\n{parts['instruction']} Give {stars} reasons.{mark}\n</evolved>"
    if system.startswith("Job: analyse"):
        lines = [json.loads(line) for line in parts["trajectories"].splitlines()]
        failed = [
            {"case": line["case"], "reason": "It lost its data."}
            for line in lines
            if "(it)" in line["stages"][-1]
        ]
        return json.dumps({"failed": failed})
    if system.startswith("Job: improve-method"):
        return json.dumps({"methods": [f"{parts['method']}\n3. Take care {rng.randrange(10**6)}. *"]})
    if system.startswith("Job: summarise"):
        return json.dumps({"summary": "Data gets lost."})
    if system.startswith("Job: judge"):
        return json.dumps({"score": 1, "reason": "Fine."})
    return "Please provide the thing." if "(it)" in system else f"Answer to: {system}"


async def run(script=skilled, config=CONFIG, rows=None, method=METHOD, pool=None, **options):
    """Run an evolution over ``rows``; return result, events, backend and sink."""
    opened, backend = scripted_pool(script) if pool is None else pool
    sink = options.pop("sink", None) or ListSink()
    events = []
    on_event = options.pop("on_event", lambda event: None)

    def note(event):
        events.append(event)
        on_event(event)

    source = ListSource(instructions(100) if rows is None else rows)
    async with opened:
        result = await run_evolution(
            EvolveTask(source, method),
            config,
            opened,
            run_id=options.pop("run_id", "e-1"),
            on_event=note,
            sink=sink,
            **options,
        )
    return result, events, backend, sink


def changed(**changes):
    return replace(CONFIG, **changes)


def jobs(requests, job):
    return [request for request in requests if request.messages[0].content.startswith(f"Job: {job}\n")]


def of(events, kind):
    return [event for event in events if isinstance(event, kind)]


def durable(events):
    return [event for event in events if is_durable(event)]
