"""What a search remembers across generations: standings, changes by section, what gained and what did not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from optimizer.search.candidates import Candidate
from optimizer.search.operation_policy import OperationPolicy
from optimizer.search.prompt_evolution.events import SectionChange
from optimizer.search.prompt_evolution.halving import Trial
from optimizer.search.prompt_evolution.method import EMPHASES
from optimizer.search.prompt_evolution.requests import Experience
from optimizer.search.prompt_evolution.trajectories import lineage, trajectories
from optimizer.search.prompt_evolution.variants import Parent
from optimizer.search.racing.frontier import Standing

_REMEMBERED = 6
_LONGEST = 400


class Memory:
    """Grows with every generation; the evolving method learns from it which emphasis gains."""

    def __init__(self, seed: Candidate, history: int) -> None:
        self.by_id = {seed.id: seed}
        self.policy = OperationPolicy(tuple(EMPHASES))
        self._history = history
        self._standings: dict[str, Standing] = {}
        self._changes: dict[str, tuple[SectionChange, ...]] = {}
        self._worked: dict[str, str] = {}
        self._failed: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, candidate: Candidate, changes: tuple[SectionChange, ...] = ()) -> None:
        """Take in a new candidate with what it changes."""
        self.by_id[candidate.id] = candidate
        self._changes[candidate.id] = changes

    def judged(self, standing: Standing) -> None:
        """Take in the results of a candidate that may become a parent."""
        self._standings[standing.candidate.id] = standing

    def parent(self, standing: Standing) -> Parent:
        """Return ``standing`` with what is known about it and its ancestors."""
        ancestors = lineage(standing, self._standings, self._history)
        line = [*(item.candidate.id for item in ancestors), standing.candidate.id]
        worked = tuple(self._worked[name] for name in line if name in self._worked)
        failed = tuple(told for name in line for told in self._failed[name])
        experience = Experience(worked[-_REMEMBERED:], failed[-_REMEMBERED:])
        return Parent(standing, trajectories(standing, ancestors), experience)

    def learn(self, trials: Sequence[Trial], finalists: Sequence[Standing]) -> None:
        """Compare every variant with its parent on the examples that both were shown.

        Only a finalist that is better than its parent on all of them counts as a gain.
        """
        arrived = {item.candidate.id: item for item in finalists}
        for trial in trials:
            parent = self._standings[trial.candidate.parent]
            seen = len(trial.scores)
            gain = sum(trial.scores) / seen - parent.mean(seen) if seen else 0.0
            if trial.candidate.origin in EMPHASES:
                self.policy.reward(trial.candidate.origin, gain)
            final = arrived.get(trial.candidate.id)
            points = 100 * (final.mean() - parent.mean()) if final else 0.0
            told = self._told(trial.candidate)
            if points > 0:
                self._worked[trial.candidate.id] = f"{told} (gained {points:.0f} points)"
            else:
                self._failed[trial.candidate.parent].append(f"{told} (no gain)")
                del self._failed[trial.candidate.parent][:-_REMEMBERED]

    def _told(self, candidate: Candidate) -> str:
        changes = "; ".join(f"{change.heading}: {change.why}" for change in self._changes[candidate.id])
        return (changes or candidate.reason)[:_LONGEST]
