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

    def on(self, size: int) -> Standing:
        """Return the standing on the first ``size`` examples of the prefix only."""
        return self if size >= len(self.judged) else Standing(self.candidate, self.judged[:size])


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
    leader: Standing, front: Sequence[Standing], count: int, generator: random.Random
) -> tuple[Standing, ...]:
    """Choose parents: the leader always, further ones from the frontier with chances by their wins."""
    chosen = [leader]
    rest = [standing for standing in front if standing.candidate.id != leader.candidate.id]
    weights = dict(zip((standing.candidate.id for standing in front), wins(front), strict=True))
    while rest and len(chosen) < count:
        pick = generator.choices(rest, [weights[item.candidate.id] + 0.01 for item in rest])[0]
        rest.remove(pick)
        chosen.append(pick)
    return tuple(chosen)


def shared_difficulty(front: Sequence[Standing], size: int) -> list[float]:
    """Return for each of ``size`` examples the mean loss (0..1) over those of the frontier that know it.

    1 when all of them fail there, and when none of them knows the example.
    """
    losses: list[float] = []
    for index in range(size):
        known = [standing.scores[index] for standing in front if index < len(standing.judged)]
        losses.append(1 - sum(known) / len(known) if known else 1.0)
    return losses


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
