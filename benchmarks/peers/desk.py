"""The desk: gives a peer's process evaluations and proposals out of our own evaluator and critic, on a budget."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.tasks import ROOT
from optimizer.config import Budget, OptimizeConfig, RacingConfig
from optimizer.control import RunControl
from optimizer.critique.critic import Critic
from optimizer.errors import BudgetExhausted, InputError
from optimizer.evaluation import Evaluator, Judged
from optimizer.model.door import ModelDoor
from optimizer.model.ledger import Ledger
from optimizer.model.memory_journal import MemoryJournal
from optimizer.model.pool import ModelPool
from optimizer.prompts.prompt import Prompt, parse_prompt
from optimizer.seeds import generator
from optimizer.task import Example, Task

_UNITE = "Another version of this prompt is right where this one fails. Take over what it says and this one lacks:\n"
REASONS = RacingConfig().reasons_per_batch
"""Reasons a critique is asked for, the same as racing asks; an edit takes one of them."""
_LONGEST_LINE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Desk:
    """One peer's run: the parts it may use, and the search side of the split."""

    task: Task
    pool: tuple[Example, ...]
    evaluator: Evaluator
    critic: Critic
    ledger: Ledger
    seed: int

    async def serve(self, python: Path, module: str, options: dict[str, Any]) -> str:
        """Run ``module`` in the peers' environment and answer it until it hands in its prompt.

        Raises:
            RuntimeError: the peer's process ended without a prompt.
        """
        env = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
        process = await asyncio.create_subprocess_exec(
            *(str(python), "-m", module),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            env=env,
            cwd=ROOT,
        )
        errors = asyncio.create_task(process.stderr.read() if process.stderr else asyncio.sleep(0, b""))
        try:
            final = await self._talk(process, options)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
        if final is None:
            told = (await errors).decode("utf-8", "replace").strip().splitlines()
            raise RuntimeError(told[-1] if told else f"{module} ended without a prompt.")
        return final

    async def _talk(self, process: asyncio.subprocess.Process, options: dict[str, Any]) -> str | None:
        if process.stdin is None or process.stdout is None:
            return None
        message: dict[str, Any] = {
            "prompt": self.task.prompt.text,
            "seed": self.seed,
            "calls": self.ledger.budget.calls,
            "rows": [
                {"row": index, "input": item.shown, "expected": item.expected}
                for index, item in enumerate(self.pool)
            ],
            **options,
        }
        while True:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
            if not line:
                return None
            what, data = json.loads(line)
            if what == "finish":
                return str(data)
            try:
                message = {"result": await self._do(what, data)}
            except BudgetExhausted:
                message = {"stop": "The budget is spent."}

    async def _do(self, what: str, data: Any) -> Any:
        if what == "evaluate":
            return await self._evaluate(data)
        if what == "propose":
            return await asyncio.gather(
                *(self._propose(text, wrong, right, index) for index, (text, wrong, right) in enumerate(data))
            )
        if what == "unite":
            return await asyncio.gather(
                *(self._unite(one, other, index) for index, (one, other) in enumerate(data))
            )
        text, count = data
        found = [
            await self.critic.paraphrase(parse_prompt(text), 1, self._place(index)) for index in range(count)
        ]
        return [some[0] if some else text for some in found]

    async def _evaluate(self, pairs: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
        by_prompt: dict[str, list[int]] = {}
        for text, row in pairs:
            by_prompt.setdefault(text, []).append(row)
        results = await asyncio.gather(
            *(self._judge(text, list(dict.fromkeys(rows))) for text, rows in by_prompt.items())
        )
        known = {
            (text, row): item
            for (text, rows), judged in zip(by_prompt.items(), results, strict=True)
            for row, item in zip(dict.fromkeys(rows), judged, strict=True)
        }
        return [
            {"row": row, "score": item.outcome.score, "answer": item.answer} if item else _failed(row)
            for text, row in pairs
            for item in [known[text, row]]
        ]

    async def _judge(self, text: str, rows: Sequence[int]) -> Sequence[Judged | None]:
        """Judge a prompt; one that cannot be filled (a peer made up a placeholder) is wrong everywhere."""
        try:
            return await self.evaluator.evaluate(parse_prompt(text), [self.pool[row] for row in rows])
        except InputError:
            return [None] * len(rows)

    async def _propose(self, text: str, wrong: Sequence[int], right: Sequence[int], index: int) -> str:
        prompt = parse_prompt(text)
        cases = [item for item in await self._judge(text, list(wrong)) if item]
        anchors = [item for item in await self._judge(text, list(right)) if item]
        place = self._place(index)
        reasons = await self.critic.critique(prompt, cases, REASONS, f"{place}/g", right=anchors)
        if not reasons:
            return text
        reason = generator(self.seed, place).choice(reasons)
        return _first(await self.critic.edit(prompt, cases, reason, 1, f"{place}/e"), prompt)

    async def _unite(self, one: str, other: str, index: int) -> str:
        prompt, reason = parse_prompt(one), _UNITE + parse_prompt(other).editable_text
        return _first(await self.critic.edit(prompt, (), reason, 1, self._place(index)), prompt)

    def _place(self, index: int) -> str:
        return f"peer/{self.ledger.spent_calls}/{index}"


def open_desk(
    task: Task, search: tuple[Example, ...], models: ModelPool, config: OptimizeConfig, calls: int, name: str
) -> Desk:
    """Wire a desk that pays for at most ``calls`` calls."""
    ledger, journal, settings = Ledger(Budget(calls=calls)), MemoryJournal(), models.settings

    def door(model: str) -> ModelDoor:
        return ModelDoor(model, models, journal, ledger, RunControl(), run_id=name, seed=config.seed)

    evaluator = Evaluator(
        door(settings.task_model),
        task.metric,
        ledger,
        temperature=config.task_temperature,
        max_tokens=config.task_max_tokens,
    )
    critic = Critic(
        door(settings.optimizer_model),
        task,
        ledger,
        temperature=config.optimizer_temperature,
        max_tokens=config.optimizer_max_tokens,
    )
    return Desk(task, search, evaluator, critic, ledger, config.seed)


def _first(texts: Sequence[str], prompt: Prompt) -> str:
    return prompt.with_edit(texts[0]).text if texts else prompt.text


def _failed(row: int) -> dict[str, Any]:
    return {"row": row, "score": 0.0, "answer": ""}
