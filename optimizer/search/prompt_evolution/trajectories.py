"""Trajectories: what an input was answered, and how that was judged, under a prompt and its ancestors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.evaluation import Judged
from optimizer.search.racing.frontier import Standing
from optimizer.seeds import generator


@dataclass(frozen=True, slots=True)
class Stage:
    """One answer of an earlier generation: the candidate's id, its answer, and the score (0..1)."""

    candidate: str
    answer: str
    score: float


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A case under the current prompt, and its earlier stages, the oldest first."""

    now: Judged
    earlier: tuple[Stage, ...]

    @property
    def regressed(self) -> bool:
        """Whether an ancestor did better here: a change has broken it."""
        return any(stage.score > self.now.outcome.score for stage in self.earlier)


def lineage(standing: Standing, known: Mapping[str, Standing], length: int) -> tuple[Standing, ...]:
    """Return up to ``length`` ancestors of a candidate that were judged themselves, the oldest first."""
    found: list[Standing] = []
    parent = standing.candidate.parent
    while parent in known and len(found) < length:
        found.append(known[parent])
        parent = known[parent].candidate.parent
    return tuple(reversed(found))


def trajectories(standing: Standing, ancestors: Sequence[Standing]) -> tuple[Trajectory, ...]:
    """Return the trajectory of every example that ``standing`` was judged on, in their order."""
    tables = [
        (item.candidate.id, {judged.example.row: judged for judged in item.judged}) for item in ancestors
    ]
    return tuple(
        Trajectory(
            now,
            tuple(
                Stage(name, table[now.example.row].answer, table[now.example.row].outcome.score)
                for name, table in tables
                if now.example.row in table
            ),
        )
        for now in standing.judged
    )


def draw_wrong(found: Sequence[Trajectory], count: int, seed: int, place: str) -> tuple[Trajectory, ...]:
    """Draw wrong cases for one analysis; what a change has broken comes up twice as often."""
    random = generator(seed, "trajectories", place)
    keyed = [
        (random.random() ** (1 / (2 if item.regressed else 1)), item) for item in found if item.now.is_wrong
    ]
    return tuple(item for _, item in sorted(keyed, key=lambda pair: -pair[0])[:count])
