"""Searching 100,000 past prompts under the privacy rule: how long does an answer take?"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.search_library import VIEWERS, PromptMaker, fill
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
        print("| who asks | question | p50 ms | p95 ms | p99 ms | found |")
        print("|---|---|---|---|---|---|")
        for who, viewer in VIEWERS.items():
            for question, times, found in _all(store, viewer):
                cuts = statistics.quantiles(times, n=100)
                print(
                    f"| {who} | {question} | {cuts[49]:.1f} | {cuts[94]:.1f} | {cuts[98]:.1f} | {found:.1f} |",
                    flush=True,
                )


def _all(store: Store, viewer: Viewer) -> list[tuple[str, list[float], float]]:
    maker = PromptMaker(99)
    words = [maker.words() for _ in range(QUESTIONS)]
    prompts = [maker.prompt() for _ in range(QUESTIONS)]
    search, similar = store.prompts.search, store.prompts.similar
    return [
        ("a few words", *_timed(words, lambda text: search(text, viewer))),
        ("a whole prompt", *_timed(prompts, lambda text: similar(text, viewer))),
    ]


def _timed(questions: list[str], ask: Callable[[str], list[object]]) -> tuple[list[float], float]:
    ask(questions[0])
    times, found = [], []
    for question in questions:
        start = time.perf_counter()
        answer = ask(question)
        times.append(1000 * (time.perf_counter() - start))
        found.append(len(answer))
    return times, statistics.mean(found)
