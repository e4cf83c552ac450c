"""Runs promptolution's CAPO at the desk: its own population, crossover, demonstrations and racing."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd
from promptolution.llms.base_llm import BaseLLM
from promptolution.optimizers.capo import CAPO
from promptolution.predictors.base_predictor import BasePredictor
from promptolution.tasks.classification_tasks import ClassificationTask

from benchmarks.peers.desk_client import BudgetSpentError, Desk

POPULATION = 5
BLOCK = 20
BLOCKS = 3
"""Blocks of one race at most: with CAPO's own 10 the first race would outlast a budget of this size."""
SHOWN_ERRORS = 4
_UNITE, _IMPROVE, _SPLIT = "UNITE\n", "IMPROVE\n", "\n=====AND=====\n"


class Predictor(BasePredictor):
    """Answers through the desk; remembers which rows each prompt got wrong."""

    def __init__(self, llm: BaseLLM, desk: Desk) -> None:
        super().__init__(llm)
        self._desk = desk
        self._rows = {row["input"]: row for row in desk.rows}
        self.wrong: dict[str, set[int]] = {}

    def predict(self, prompts: Any, xs: Any, system_prompts: Any = None) -> tuple[list[str], list[str]]:
        """Return a prediction per (prompt, input): the expected answer where the metric says right."""
        texts = [prompts] * len(xs) if isinstance(prompts, str) else list(prompts)
        rows = [self._rows[x] for x in xs]
        answered = self._desk.evaluate([(text, row["row"]) for text, row in zip(texts, rows, strict=True)])
        predictions = []
        for text, row, item in zip(texts, rows, answered, strict=True):
            good = item["score"] >= 1
            predictions.append(row["expected"].lower() if good else f"not {row['expected'].lower()}")
            if not good:
                self.wrong.setdefault(text, set()).add(row["row"])
        sequences = [f"{x}\n{item['answer']}" for x, item in zip(xs, answered, strict=True)]
        return predictions, sequences

    def rows_wrong_under(self, instruction: str) -> list[int]:
        """Return the rows that any prompt with this instruction got wrong."""
        found = [rows for text, rows in self.wrong.items() if text.startswith(instruction)]
        return sorted(set().union(*found)) if found else []

    def _extract_preds(self, preds: list[str]) -> list[str]:
        return preds


class Proposer(BaseLLM):
    """CAPO's meta model: crossover becomes one uniting edit, mutation a critique and an edit."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._random = random.Random(desk.seed)
        self._mothers: dict[str, str] = {}
        self.predictor: Predictor | None = None

    def _get_response(self, prompts: list[str], system_prompts: list[str]) -> list[str]:
        if prompts and prompts[0].startswith(_UNITE.strip()):
            pairs = [tuple(text.removeprefix(_UNITE).split(_SPLIT)) for text in prompts]
            children = self._desk.unite([(str(one), str(other)) for one, other in pairs])
            self._mothers.update({child: pair[0] for child, pair in zip(children, pairs, strict=True)})
            return [f"<prompt>{child}</prompt>" for child in children]
        wanted = []
        for text in prompts:
            instruction = text.removeprefix(_IMPROVE).strip()
            source = self._mothers.get(instruction, instruction)
            rows = self.predictor.rows_wrong_under(source.strip()) if self.predictor else []
            wanted.append((instruction, self._random.sample(rows, min(SHOWN_ERRORS, len(rows))), []))
        return [f"<prompt>{text}</prompt>" for text in self._desk.propose(wanted)]


def main() -> None:
    """Play until the budget is spent."""
    desk = Desk()
    random.seed(desk.seed)
    np.random.seed(desk.seed)
    llm = Proposer(desk)
    llm.predictor = predictor = Predictor(llm, desk)
    frame = pd.DataFrame(
        {"x": [row["input"] for row in desk.rows], "y": [row["expected"] for row in desk.rows]}
    )
    task = ClassificationTask(frame, "", n_subsamples=BLOCK, eval_strategy="sequential_block", seed=desk.seed)
    prompts = [desk.prompt]
    optimizer = None
    try:
        prompts += desk.paraphrase(desk.prompt, POPULATION - 1)
        optimizer = CAPO(
            predictor,
            task,
            llm,
            initial_prompts=prompts,
            crossover_template=f"{_UNITE}<mother>{_SPLIT}<father>",
            mutation_template=f"{_IMPROVE}<instruction>",
            max_n_blocks_eval=BLOCKS,
            df_few_shots=frame.sample(frac=0.1, random_state=desk.seed),
        )
        optimizer.optimize(n_steps=1000)
    except BudgetSpentError:
        pass
    desk.finish(optimizer.prompts[0].construct_prompt() if optimizer else desk.prompt)


if __name__ == "__main__":
    main()
