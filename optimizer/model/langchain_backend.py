"""One attempt at a model call through a LangChain chat model, of any provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.model.call_options import CallOptions
from optimizer.model.finish import finish_of
from optimizer.model.foreign_errors import foreign_errors, translated, unreachable, unreadable
from optimizer.model.opened_chat import OpenedChat
from optimizer.model.prices import cost_of, price_of
from optimizer.model.protocol import Message, ModelAnswer, ModelRequest
from optimizer.model.settings import ModelSettings, provider_of

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage


class LangChainBackend:
    """The model ``name``, asked through LangChain. Implements ``Backend``; use it on one event loop only."""

    def __init__(self, name: str, settings: ModelSettings, opened: OpenedChat) -> None:
        self._name = name
        self._opened = opened
        self._price = price_of(name, settings.prices)
        self._options = CallOptions(() if provider_of(name)[0] == "openai" else ("seed",))
        self._foreign = foreign_errors()

    async def attempt(self, request: ModelRequest) -> ModelAnswer:
        """See ``Backend.attempt``."""
        return await self._options.adapted(lambda: self._send(request))

    async def aclose(self) -> None:
        """See ``Backend.aclose``."""
        await self._opened.aclose()

    async def _send(self, request: ModelRequest) -> ModelAnswer:
        messages = [_to_langchain(message) for message in request.messages]
        try:
            reply = await self._opened.chat.ainvoke(messages, **self._options.of(request, "max_tokens"))
        except self._foreign as error:
            raise translated(error, self._name) from None
        except (ConnectionError, OSError) as error:
            raise unreachable(self._name) from error
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            # A cut or garbled body surfaces as whatever the client's parser stumbles over.
            raise unreadable(self._name) from None
        return self._answer(reply)

    def _answer(self, reply: AIMessage) -> ModelAnswer:
        usage = reply.usage_metadata or {"input_tokens": 0, "output_tokens": 0}
        tokens_in, tokens_out = usage["input_tokens"], usage["output_tokens"]
        text = reply.text if isinstance(reply.text, str) else str(reply.content)
        refused = bool(reply.additional_kwargs.get("refusal"))
        return ModelAnswer(
            text=text,
            input_tokens=tokens_in,
            output_tokens=tokens_out,
            finish="refusal" if refused else finish_of(reply.response_metadata.get("finish_reason")),
            cost=cost_of(self._price, tokens_in, tokens_out),
        )


def _to_langchain(message: Message) -> BaseMessage:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds: dict[str, type[BaseMessage]] = {
        "system": SystemMessage,
        "user": HumanMessage,
        "assistant": AIMessage,
    }
    return kinds[message.role](content=message.content)
