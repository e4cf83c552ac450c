"""The per-example Pareto frontier: which candidates are the best answer to some example."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.evaluation import Judged
from optimizer.search.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate with its results on the shared prefix, in the prefix's order."""

    candidate: Candidate
    judged: tuple[Judged, ...]

    @property
    def scores(self) -> tuple[float, ...]:
        """Score (0..1) on each example of the prefix."""
        return tuple(item.outcome.score for item in self.judged)

    def mean(self, size: int | None = None) -> float:
        """Mean score on the first ``size`` examples of the prefix (all without it)."""
        scores = self.scores[:size]
        return sum(scores) / len(scores) if scores else 0.0


def wins(standings: Sequence[Standing]) -> list[int]:
    """Count for each candidate the examples on which no other one scores higher."""
    columns = zip(*(standing.scores for standing in standings), strict=True)
    counts = [0] * len(standings)
    for column in columns:
        top = max(column)
        for index, score in enumerate(column):
            counts[index] += score == top
    return counts


def frontier(standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """Return the candidates that no other one dominates, in the given order.

    One candidate dominates another when it is nowhere worse and somewhere better; of candidates with
    equal results only the first stays.
    """
    kept = []
    for index, one in enumerate(standings):
        dominated = any(
            _dominates(other.scores, one.scores) or (other.scores == one.scores and place < index)
            for place, other in enumerate(standings)
            if place != index
        )
        if not dominated:
            kept.append(one)
    return tuple(kept)


def choose_parents(
    standings: Sequence[Standing], count: int, generator: random.Random
) -> tuple[Standing, ...]:
    """Choose parents from the frontier: the best mean always, further ones with chances by their wins."""
    front = frontier(standings)
    best = max(range(len(front)), key=lambda index: (front[index].mean(), -index))
    chosen = [front[best]]
    rest = [standing for index, standing in enumerate(front) if index != best]
    weights = dict(zip((standing.candidate.id for standing in front), wins(front), strict=True))
    while rest and len(chosen) < count:
        pick = generator.choices(rest, [weights[item.candidate.id] + 0.01 for item in rest])[0]
        rest.remove(pick)
        chosen.append(pick)
    return tuple(chosen)


def shared_difficulty(front: Sequence[Standing]) -> list[float]:
    """Return for each example the mean loss (0..1) over the frontier: 1 when all of it fails there."""
    columns = zip(*(standing.scores for standing in front), strict=True)
    return [1 - sum(column) / len(column) for column in columns]


def complementary(front: Sequence[Standing], least: int) -> tuple[Standing, Standing] | None:
    """Return the two candidates with the most examples that only one of them gets right.

    Each must win at least ``least`` examples from the other; None when no pair does.
    """
    best: tuple[int, Standing, Standing] | None = None
    for index, one in enumerate(front):
        for other in front[index + 1 :]:
            ours = sum(a > b for a, b in zip(one.scores, other.scores, strict=True))
            theirs = sum(b > a for a, b in zip(one.scores, other.scores, strict=True))
            gain = min(ours, theirs)
            if gain >= least and (best is None or gain > best[0]):
                best = (gain, one, other) if one.mean() >= other.mean() else (gain, other, one)
    return best[1:] if best else None


def _dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(a >= b for a, b in zip(one, other, strict=True)) and any(
        a > b for a, b in zip(one, other, strict=True)
    )
