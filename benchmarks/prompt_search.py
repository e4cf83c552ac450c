"""Searching 100,000 past prompts under the privacy rule: how long does an answer take?"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.search_library import VIEWERS, PromptMaker, fill
from storage.search_filters import SearchFilters
from storage.store import Store
from storage.visibility import Viewer

COUNT = int(os.environ.get("BENCH_PROMPTS", "100000"))
QUESTIONS = int(os.environ.get("BENCH_QUESTIONS", "200"))
FOLDER = Path(".promptbeam") / f"bench-search-{COUNT}"


def run() -> None:
    """Print the table."""
    if not (FOLDER / "promptbeam.sqlite").exists():
        print(f"Made {COUNT:,} prompts and their index in {fill(FOLDER, COUNT):.0f} s.\n")
    with Store(FOLDER) as store:
        start = time.perf_counter()
        store.prompts.prepare()
        print(f"Ready after {time.perf_counter() - start:.1f} s.\n")
        print("| who asks | question | p50 ms | p95 ms | p99 ms | CPU ms, p50 | CPU ms, p95 | found |")
        print("|---|---|---|---|---|---|---|---|")
        for who, viewer in VIEWERS.items():
            for question, timed in _all(store, viewer):
                wall, cpu = statistics.quantiles(timed.wall, n=100), statistics.quantiles(timed.cpu, n=100)
                print(
                    f"| {who} | {question} | {wall[49]:.1f} | {wall[94]:.1f} | {wall[98]:.1f} "
                    f"| {cpu[49]:.1f} | {cpu[94]:.1f} | {timed.found:.1f} |",
                    flush=True,
                )
        _engines(store)


def _engines(store: Store) -> None:
    """Compare who could answer the same question: the nearest 40 of what a viewer may see."""
    library = store.prompts
    vectors = [library._finder._vector(PromptMaker(7 + n).prompt()) for n in range(max(2, QUESTIONS // 10))]
    engines = {
        "memory, exact": lambda vector, viewer: library._finder._memory().nearest(vector, viewer, 40),
        "Chroma": lambda vector, viewer: library._index.nearest(vector, viewer, 40),
        "SQLite, row by row": lambda vector, viewer: library._vectors.scan(vector, viewer, 40),
    }
    print("\n| who asks | compared by | p50 ms | worst ms | CPU ms, p50 |")
    print("|---|---|---|---|---|")
    for who, viewer in VIEWERS.items():
        for name, ask in engines.items():
            timed = _timed(vectors, partial(_ask, ask, viewer))
            wall, cpu = sorted(timed.wall), sorted(timed.cpu)
            middle = len(wall) // 2
            print(f"| {who} | {name} | {wall[middle]:.1f} | {wall[-1]:.1f} | {cpu[middle]:.1f} |", flush=True)


def _ask(engine: Callable[[Any, Viewer], list[int] | None], viewer: Viewer, vector: Any) -> list[int]:
    return engine(vector, viewer) or []


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds per question, by the clock and of all cores together, and the mean count of hits.

    On a machine that others use too, the second says more of the code, the first more of the machine.
    """

    wall: list[float]
    cpu: list[float]
    found: float


def _all(store: Store, viewer: Viewer) -> list[tuple[str, Timed]]:
    maker = PromptMaker(99)
    words = [maker.words() for _ in range(QUESTIONS)]
    prompts = [maker.prompt() for _ in range(QUESTIONS)]
    narrowed = SearchFilters(kind="classify", gain=0.1, since=1.7e9 + 60 * COUNT / 2)
    search, similar = store.prompts.search, store.prompts.similar
    return [
        ("a few words", _timed(words, lambda text: search(text, viewer))),
        ("a few words, three filters", _timed(words, lambda text: search(text, viewer, filters=narrowed))),
        ("a whole prompt", _timed(prompts, lambda text: similar(text, viewer))),
    ]


def _timed(questions: Sequence[Any], ask: Callable[[Any], Sequence[object]]) -> Timed:
    ask(questions[0])
    wall, cpu, found = [], [], []
    for question in questions:
        start, worked = time.perf_counter(), time.process_time()
        answer = ask(question)
        wall.append(1000 * (time.perf_counter() - start))
        cpu.append(1000 * (time.process_time() - worked))
        found.append(len(answer))
    return Timed(wall, cpu, statistics.mean(found))
