"""Benchmark tasks from public data: LIAR, ETHOS and BBH; the examples of this repository when it is not there."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping

from benchmarks.tasks import ROOT, SHARED
from optimizer import Task, build_task, load_examples
from optimizer.seeds import generator

ROWS = 600
"""Rows taken of the larger data sets, by a fixed draw."""

LIAR = "Read the statement and what is known about who said it. Is the statement a lie?\nAnswer Yes or No."
ETHOS = "Read the comment from a social network. Is it hate speech?\nAnswer Yes or No."
NAVIGATE = "Read the instructions. Do they lead back to the starting point?\nAnswer Yes or No."
COUNTING = "Count the objects that the question asks for and give the number."


def liar() -> Task:
    """Is a politician's statement a lie? Hard and noisy; used in the ProTeGi paper."""
    lines = (SHARED / "liar" / "train.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return _task(LIAR, [{"text": row["text"], "label": _yes(row["label"])} for row in rows])


def ethos() -> Task:
    """Is a comment hate speech? Rows on which the annotators agree, as in the paper's code."""
    with (SHARED / "ethos" / "ethos_ishate_binary_shuf.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["comment"], float(row["isHate"])) for row in csv.DictReader(file, delimiter=";")]
    clear = [(text, share) for text, share in rows if share <= 0 or share >= 0.7]
    return _task(ETHOS, [{"text": text, "label": _yes(share > 0)} for text, share in clear])


def navigate() -> Task:
    """Do the instructions lead back to the start? BIG-Bench Hard, yes or no."""
    return _task(NAVIGATE, _bbh("navigate"))


def object_counting() -> Task:
    """How many of them are there? BIG-Bench Hard, a free number, exact match as its authors score it."""
    return _task(COUNTING, _bbh("object_counting"), metric="exact")


def example(name: str) -> Callable[[], Task]:
    """Return the maker of a task out of ``examples/``."""

    def make() -> Task:
        folder = ROOT / "examples" / name
        table = next(folder.glob("*.csv"))
        return build_task(
            (folder / "prompt.txt").read_text("utf-8"), load_examples(table.name, table.read_bytes())
        )

    return make


PUBLIC: Mapping[str, Callable[[], Task]] = {
    "LIAR": liar,
    "ETHOS": ethos,
    "BBH navigate": navigate,
    "BBH object_counting": object_counting,
}
SHIPPED: Mapping[str, Callable[[], Task]] = {
    "support-tickets": example("support-tickets"),
    "risky-requests": example("risky-requests"),
}


def benchmark_tasks() -> Mapping[str, Callable[[], Task]]:
    """Return the tasks by name: public ones where their data lie beside the repository."""
    return PUBLIC if SHARED.is_dir() else SHIPPED


def _bbh(name: str) -> list[dict[str, str]]:
    data = json.loads((SHARED / "bbh" / f"{name}.json").read_text("utf-8"))
    return [{"text": row["input"], "label": row["target"]} for row in data["examples"]]


def _yes(value: object) -> str:
    return "Yes" if value else "No"


def _task(prompt: str, rows: list[dict[str, str]], metric: str = "auto") -> Task:
    """Build the task from rows with different texts, at most ``ROWS`` of them."""
    unique = list({row["text"].strip(): row for row in rows}.values())
    drawn = generator(0, "benchmark rows").sample(unique, min(ROWS, len(unique)))
    data = "\n".join(json.dumps(row) for row in drawn).encode()
    return build_task(prompt, load_examples("rows.jsonl", data), target="label", metric=metric)
