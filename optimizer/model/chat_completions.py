"""One attempt at a model call of OpenAI or a compatible server, through the openai client that LangChain made."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from optimizer.model.call_options import CallOptions
from optimizer.model.finish import finish_of
from optimizer.model.foreign_errors import foreign_errors, translated, unreachable, unreadable
from optimizer.model.opened_chat import OpenedChat
from optimizer.model.prices import cost_of, price_of
from optimizer.model.protocol import ModelAnswer, ModelRequest
from optimizer.model.settings import ModelSettings, provider_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_DEVELOPER_MODELS = re.compile(r"o\d")
"""Reasoning models that take instructions from a developer and not from a system message."""


def speaks_chat_completions(opened: OpenedChat) -> bool:
    """Tell whether ``opened`` is asked by chat completions of OpenAI's form, and nobody watches LangChain's calls.

    LangChain knows which models have the Responses API only; LangSmith's traces need LangChain's own calls.
    """
    from langchain_openai import ChatOpenAI
    from langsmith.utils import tracing_is_enabled

    chat = opened.chat
    return isinstance(chat, ChatOpenAI) and not chat.use_responses_api and not tracing_is_enabled()


class ChatCompletionsBackend:
    """The model ``name``, asked for chat completions. Implements ``Backend``; use it on one event loop only.

    Key, address, organisation, headers, deadline and connections are those of the client in ``opened``,
    which LangChain made; sent is what LangChain would send. What is left out is checking and copying every
    message against the types of the API, and the callbacks around it.
    """

    def __init__(self, name: str, settings: ModelSettings, opened: OpenedChat) -> None:
        self._name = name
        self._opened = opened
        self._client: AsyncOpenAI = cast("Any", opened.chat).root_async_client
        self._model = provider_of(name)[1]
        self._price = price_of(name, settings.prices)
        self._options = CallOptions()
        self._foreign = foreign_errors()
        self._roles = {"system": "developer"} if _DEVELOPER_MODELS.match(self._model) else {}

    async def attempt(self, request: ModelRequest) -> ModelAnswer:
        """See ``Backend.attempt``."""
        return await self._options.adapted(lambda: self._send(request))

    async def aclose(self) -> None:
        """See ``Backend.aclose``."""
        await self._opened.aclose()

    async def _send(self, request: ModelRequest) -> ModelAnswer:
        from httpx2 import Response

        body = {
            "messages": [
                {"content": message.content, "role": self._roles.get(message.role, message.role)}
                for message in request.messages
            ],
            "model": self._model,
            "stream": False,
            **self._options.of(request, "max_completion_tokens"),
        }
        try:
            reply = await self._client.post(
                "/chat/completions",
                cast_to=Response,
                body=body,
                options={"security": {"bearer_auth": True}},
            )
            return self._answer(json.loads(reply.content))
        except self._foreign as error:
            raise translated(error, self._name) from None
        except (ConnectionError, OSError) as error:
            raise unreachable(self._name) from error
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            # A cut or garbled body surfaces as whatever is first missing in it.
            raise unreadable(self._name) from None

    def _answer(self, completion: Mapping[str, Any]) -> ModelAnswer:
        """Return the first choice of ``completion``; raises whatever it stumbles over when there is none."""
        if completion.get("error"):
            raise ValueError("an error with status 200")
        choice, usage = completion["choices"][0], completion.get("usage") or {}
        message = choice["message"]
        tokens_in, tokens_out = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
        return ModelAnswer(
            text=_text(message.get("content")),
            input_tokens=tokens_in,
            output_tokens=tokens_out,
            finish="refusal" if message.get("refusal") else finish_of(choice.get("finish_reason")),
            cost=cost_of(self._price, tokens_in, tokens_out),
        )


def _text(content: object) -> str:
    """Return the text of a message's content; some compatible servers send it in parts."""
    if isinstance(content, list):
        return "".join(part if isinstance(part, str) else _text(part.get("text")) for part in content)
    if content is None:
        return ""
    if not isinstance(content, str):
        raise TypeError("content that is no text")
    return content
