"""One task, several searches: same split, same model, calls counted at the model, one judge of the final prompts."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from benchmarks.model_inside import ModelInside
from benchmarks.peers.desk import open_desk
from optimizer import Budget, OptimizeConfig, Task, preset, run_optimization
from optimizer import events as e
from optimizer.evaluation import mean_score
from optimizer.model.pool import ModelPool
from optimizer.prompts.prompt import parse_prompt
from optimizer.statistics.split import Split, split_examples

HOLDOUT = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What a search hands in: its prompt, calls it spent on the final test, best prompts over calls."""

    prompt: str
    test_calls: int = 0
    path: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One search of one seed, judged. Accuracies are 0..1; ``curve`` is (calls, search-side, held-out)."""

    seed: int
    n: int = 0
    held_out: float = 0.0
    search_side: float = 0.0
    calls: int = 0
    seconds: float = 0.0
    prompt: str = ""
    curve: tuple[tuple[int, float, float], ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What a search is given: the task, the split's seed, the models, and how many calls it may spend."""

    task: Task
    split: Split
    seed: int
    calls: int
    models: ModelPool


Play: TypeAlias = Callable[[Match], Awaitable[Found]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant."""

    name: str
    play: Play


@dataclass(slots=True)
class Contest:
    """All searches of one task. ``budget`` are the calls of a search; ``curves``: judge its best over them too."""

    task: Task
    budget: int
    curves: bool = False

    async def play(self, entry: Entry, seeds: Sequence[int]) -> list[Outcome]:
        """Let a contestant play every seed, one after the other."""
        return [await self._one(entry, seed) for seed in seeds]

    async def _one(self, entry: Entry, seed: int) -> Outcome:
        split = split_of(self.task, seed)
        model = ModelInside()
        async with model.pool() as models:
            began = time.perf_counter()
            try:
                found = await entry.play(Match(self.task, split, seed, self.budget, models))
            except (RuntimeError, OSError, ValueError) as error:
                return Outcome(seed, failure=str(error)[:200])
            seconds = time.perf_counter() - began
            calls = model.answered - found.test_calls
            judge = open_desk(
                self.task, split.search, models, OptimizeConfig(), 10_000_000, "judge"
            ).evaluator

            async def accuracy(text: str, *, held_out: bool) -> float:
                examples = split.holdout if held_out else split.search
                return mean_score(await judge.evaluate(parse_prompt(text), examples))

            curve = [
                (at, await accuracy(text, held_out=False), await accuracy(text, held_out=True))
                for at, text in (found.path if self.curves else ())
            ]
            return Outcome(
                seed=seed,
                n=len(split.holdout),
                held_out=await accuracy(found.prompt, held_out=True),
                search_side=await accuracy(found.prompt, held_out=False),
                calls=calls,
                seconds=seconds,
                prompt=found.prompt,
                curve=tuple(curve),
            )


def ours(algorithm: str, base: OptimizeConfig, *, limited: bool = True) -> Play:
    """Return how one of our searches plays: rounds until the calls are spent, no early stop."""

    async def play(match: Match) -> Found:
        config = replace(
            base,
            algorithm=algorithm,
            seed=match.seed,
            rounds=50 if limited else base.rounds,
            patience=None,
            max_holdout=HOLDOUT,
            budget=Budget(calls=match.calls + 2 * len(match.split.holdout) if limited else None),
        )
        path: list[tuple[int, str]] = []

        def note(event: e.Event) -> None:
            if isinstance(event, e.BeamSelected):
                path.append((event.calls, event.best_text))

        result = await run_optimization(match.task, config, match.models, on_event=note)
        changed = result.candidate_prompt != result.seed_prompt
        tested = (1 + changed) * len(match.split.holdout)
        path.append((result.calls - tested, result.candidate_prompt))
        return Found(result.candidate_prompt, tested, tuple(path))

    return play


full_paper: Play = ours("protegi", preset("paper"), limited=False)


def peer(python: Path | None, trouble: str, module: str) -> Play:
    """Return how a peer plays: its own process, its own algorithm, our evaluator and proposer."""

    async def play(match: Match) -> Found:
        if python is None:
            raise RuntimeError(f"could not be installed: {trouble}")
        config = OptimizeConfig(seed=match.seed)
        desk = open_desk(match.task, match.split.search, match.models, config, match.calls, module)
        return Found(await desk.serve(python, module, {}))

    return play


def split_of(task: Task, seed: int) -> Split:
    """Return the split that every contestant gets: the one our own runs make."""
    config = OptimizeConfig(max_holdout=HOLDOUT)
    return split_examples(
        task.examples,
        fraction=config.holdout_fraction,
        max_holdout=config.max_holdout,
        seed=seed,
        stratify=bool(task.labels),
    )
