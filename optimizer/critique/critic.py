"""The optimizer model's four jobs, each one call (and one more when the reply cannot be read)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from optimizer.critique.replies import read_strings
from optimizer.critique.requests import (
    critique_messages,
    edit_messages,
    paraphrase_messages,
    summary_messages,
)
from optimizer.evaluation import Judged
from optimizer.model.asking_again import answer_read
from optimizer.model.ledger import Ledger
from optimizer.model.protocol import Message, Model, ModelRequest
from optimizer.prompts.placeholders import find_spellings
from optimizer.prompts.prompt import Prompt
from optimizer.task import Task

T = TypeVar("T")


class Critic:
    """Finds textual gradients and edits prompts against them.

    ``position`` in every method names the place in the run; it decides the sampling seed, so that
    equal runs sample equal answers. A reply that stays unreadable counts as no result, not as an error.
    """

    def __init__(
        self, model: Model, task: Task, ledger: Ledger, *, temperature: float, max_tokens: int
    ) -> None:
        self._model = model
        self._task = task
        self._ledger = ledger
        self._temperature = temperature
        self._max_tokens = max_tokens

    async def critique(
        self,
        prompt: Prompt,
        wrong: Sequence[Judged],
        count: int,
        position: str,
        *,
        right: Sequence[Judged] = (),
    ) -> tuple[str, ...]:
        """Return up to ``count`` reasons why ``prompt`` failed on ``wrong``; ``right`` must not break."""
        messages = critique_messages(self._task, prompt.editable_text, wrong, count, right)
        return (await self._strings("reasons", messages, "critique", position))[:count]

    async def edit(
        self,
        prompt: Prompt,
        wrong: Sequence[Judged],
        reason: str,
        count: int,
        position: str,
        *,
        summary: str = "",
        failed: Sequence[str] = (),
    ) -> tuple[str, ...]:
        """Return up to ``count`` rewrites of the editable text against ``reason``.

        ``summary`` tells the wider pattern, ``failed`` the earlier edits that did not help.
        """
        text = prompt.editable_text
        keep = find_spellings(text)
        messages = edit_messages(self._task, text, wrong, reason, keep, count, summary=summary, failed=failed)
        return (await self._strings("prompts", messages, "edit", position))[:count]

    async def paraphrase(self, prompt: Prompt, count: int, position: str) -> tuple[str, ...]:
        """Return up to ``count`` paraphrases of the editable text."""
        text = prompt.editable_text
        messages = paraphrase_messages(self._task, text, find_spellings(text), count)
        return (await self._strings("prompts", messages, "paraphrase", position))[:count]

    async def summarise(self, reasons: Sequence[str], position: str) -> str:
        """Return one paragraph over all ``reasons``; their plain list when the model gives none."""
        messages = summary_messages(self._task, reasons)
        found = await self._strings("summary", messages, "summarise", position)
        return found[0] if found else " ".join(reasons)[:900]

    async def ask(
        self,
        messages: tuple[Message, ...],
        read: Callable[[str], T | None],
        *,
        key: str,
        purpose: str,
        position: str,
    ) -> T | None:
        """Return what ``read`` finds in the reply; asked once more for ``key`` when it finds nothing (None)."""
        request = ModelRequest(
            messages=messages,
            temperature=self._temperature,
            max_tokens=self._max_tokens,
            position=position,
            purpose=purpose,
        )
        form = f'{{"{key}": …}} in valid JSON'
        return await answer_read(self._model, request, read, form, self._ledger)

    async def _strings(
        self, key: str, messages: tuple[Message, ...], purpose: str, position: str
    ) -> tuple[str, ...]:
        found = await self.ask(
            messages,
            lambda reply: read_strings(reply, key),
            key=key,
            purpose=purpose,
            position=position,
        )
        return found or ()
