"""The simulated model inside this process: the answers of its server without the wire, every one counted."""

from __future__ import annotations

from optimizer.model.pool import ModelPool
from optimizer.model.protocol import ModelAnswer, ModelRequest
from optimizer.model.settings import ModelSettings
from sandbox.model.answers import answer_chat
from sandbox.model.chat_format import ChatMessage, ChatRequest, count_tokens

_SETTINGS = ModelSettings(
    task_model="simulated-small",
    optimizer_model="simulated-large",
    base_url="http://inside/v1",
    concurrency=64,
)


class ModelInside:
    """Answers as a server with seed 0 and no faults would; ``answered`` counts the calls."""

    def __init__(self) -> None:
        self.answered = 0

    def pool(self) -> ModelPool:
        """Return a pool whose every model is this one."""
        return ModelPool(_SETTINGS, open_backend=lambda name, settings: self)

    async def attempt(self, request: ModelRequest) -> ModelAnswer:
        """Answer one request; see ``sandbox.model``."""
        self.answered += 1
        messages = tuple(ChatMessage(message.role, message.content) for message in request.messages)
        seed = request.seed if request.temperature > 0 else None
        chat = ChatRequest(
            "simulated", messages, request.temperature, seed, request.max_tokens, 1, content_hash=""
        )
        text = answer_chat(chat, 0, 0).text
        shown = sum(count_tokens(message.content) for message in messages)
        return ModelAnswer(text, shown, count_tokens(text), cost=0.0)

    async def aclose(self) -> None:
        """Nothing is open."""
