"""What makes one attempt at a model call, and which of our two ways to a model a name gets."""

from __future__ import annotations

from typing import Protocol

from optimizer.model.protocol import ModelAnswer, ModelRequest
from optimizer.model.settings import ModelSettings


class Backend(Protocol):
    """Makes one attempt at one call. Raises a ``ModelError`` that knows whether to try again."""

    async def attempt(self, request: ModelRequest) -> ModelAnswer:
        """Send ``request`` once."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


def open_backend(name: str, settings: ModelSettings) -> Backend:
    """Open the model ``name`` with LangChain; use it on one event loop only.

    OpenAI and compatible servers are asked through the openai client that LangChain made, without its
    message and callback layers, which take more CPU than all else in a call. Every other provider, models
    that know only the Responses API, and calls that LangSmith is to trace go through LangChain itself.

    Raises:
        ConfigError: no key, or the provider's package is missing.
    """
    from optimizer.model.chat_completions import ChatCompletionsBackend, speaks_chat_completions
    from optimizer.model.langchain_backend import LangChainBackend
    from optimizer.model.opened_chat import open_chat

    opened = open_chat(name, settings)
    if speaks_chat_completions(opened):
        return ChatCompletionsBackend(name, settings, opened)
    return LangChainBackend(name, settings, opened)
