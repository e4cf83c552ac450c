"""Runs gepa at the desk: its own parents, minibatches, acceptance and Pareto front; our evaluator and proposer."""

from __future__ import annotations

import contextlib
from typing import Any

import gepa
from gepa.core.adapter import EvaluationBatch

from benchmarks.peers.desk_client import BudgetSpentError, Desk, Row

PART = "prompt"
VALIDATION = 60


class Adapter:
    """gepa's seam: evaluates candidates and proposes new texts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def evaluate(
        self, batch: list[Row], candidate: dict[str, str], capture_traces: bool = False
    ) -> EvaluationBatch[Any, Any]:
        """Score a candidate on a batch, one call per example that was not asked before."""
        answered = self._desk.evaluate([(candidate[PART], row["row"]) for row in batch])
        scores = [item["score"] for item in answered]
        return EvaluationBatch(outputs=answered, scores=scores, trajectories=answered)

    def make_reflective_dataset(
        self, candidate: dict[str, str], eval_batch: EvaluationBatch[Any, Any], components: list[str]
    ) -> dict[str, list[dict[str, Any]]]:
        """Hand the minibatch on to the proposal."""
        return {name: list(eval_batch.trajectories or ()) for name in components}

    def propose_new_texts(
        self, candidate: dict[str, str], dataset: dict[str, list[dict[str, Any]]], components: list[str]
    ) -> dict[str, str]:
        """Ask the common proposer instead of gepa's own reflection prompt."""
        texts = {}
        for name in components:
            wrong = [item["row"] for item in dataset[name] if item["score"] < 1]
            right = [item["row"] for item in dataset[name] if item["score"] >= 1]
            texts[name] = self._desk.propose([(candidate[name], wrong, right)])[0]
        return texts


class LastState:
    """A stop condition that never stops; it keeps gepa's state for when the budget ends a step."""

    state: Any = None

    def __call__(self, state: Any) -> bool:
        """Keep ``state``."""
        self.state = state
        return False

    def best(self, fallback: str) -> str:
        """Return the candidate with the best mean on the validation rows."""
        if self.state is None:
            return fallback
        tables = self.state.prog_candidate_val_subscores
        means = [sum(table.values()) / len(table) for table in tables]
        return str(self.state.program_candidates[means.index(max(means))][PART])


def main() -> None:
    """Play until the budget is spent."""
    desk = Desk()
    size = min(VALIDATION, len(desk.rows) // 2)
    kept = LastState()
    with contextlib.suppress(BudgetSpentError):
        gepa.optimize(
            seed_candidate={PART: desk.prompt},
            trainset=desk.rows[size:],
            valset=desk.rows[:size],
            adapter=Adapter(desk),
            stop_callbacks=[kept],
            max_metric_calls=int(desk.brief["calls"]) * 4,
            use_merge=True,
            seed=desk.seed,
            raise_on_exception=True,
        )
    desk.finish(kept.best(desk.prompt))


if __name__ == "__main__":
    main()
