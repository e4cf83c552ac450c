"""The parameters of a call beside its messages, and those that a model turned out to refuse."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from optimizer.errors import ModelRejectedRequest
from optimizer.model.protocol import ModelAnswer, ModelRequest

OPTIONAL = ("temperature", "seed")
"""Parameters that a model may refuse; its calls are sent without them from then on."""


class CallOptions:
    """What one model is sent. ``refused`` are the parameters that are known not to be taken."""

    def __init__(self, refused: Collection[str] = ()) -> None:
        self._refused = set(refused)

    def of(self, request: ModelRequest, tokens_name: str) -> dict[str, Any]:
        """Return the parameters of ``request``; ``tokens_name`` is what the limit of tokens is called."""
        options: dict[str, Any] = {}
        if "temperature" not in self._refused:
            options["temperature"] = request.temperature
        if request.max_tokens is not None:
            options[tokens_name] = request.max_tokens
        if request.seed is not None and "seed" not in self._refused:
            options["seed"] = request.seed
        return options

    async def adapted(self, send: Callable[[], Awaitable[ModelAnswer]]) -> ModelAnswer:
        """Return what ``send`` returns; once more without the parameters that the model turns out to refuse.

        Raises:
            ModelError: from ``send``.
        """
        try:
            return await send()
        except ModelRejectedRequest as error:
            named = [name for name in OPTIONAL if name in error.message and name not in self._refused]
            if not named:
                raise
            self._refused.update(named)
        return await send()
