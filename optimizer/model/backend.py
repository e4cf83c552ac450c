"""One attempt at a model call, through LangChain; foreign errors become ours here and nowhere else."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol

from optimizer.errors import (
    ConfigError,
    ModelError,
    ModelNotFound,
    ModelOverloaded,
    ModelQuotaEmpty,
    ModelRateLimited,
    ModelRefusedKey,
    ModelRejectedRequest,
    ModelTimeout,
    ModelUnreachable,
)
from optimizer.model.prices import cost_of, price_of
from optimizer.model.protocol import FinishReason, Message, ModelAnswer, ModelRequest
from optimizer.model.settings import ModelSettings, provider_of
from optimizer.ways_out import Fix, Knob

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

_OPTIONAL = ("temperature", "seed")
"""Parameters that a model may refuse; the call is then sent without them."""


class Backend(Protocol):
    """Makes one attempt at one call. Raises a ``ModelError`` that knows whether to try again."""

    async def attempt(self, request: ModelRequest) -> ModelAnswer:
        """Send ``request`` once."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class LangChainBackend:
    """A LangChain chat model. Create and use it on one event loop only."""

    def __init__(self, name: str, settings: ModelSettings) -> None:
        self._name = name
        self._price = price_of(name, settings.prices)
        self._provider = provider_of(name)[0]
        self._http: Any = None
        self._chat = self._open(settings)
        self._refused: set[str] = set() if self._provider == "openai" else {"seed"}

    async def attempt(self, request: ModelRequest) -> ModelAnswer:
        """See ``Backend.attempt``."""
        try:
            return await self._send(request)
        except ModelRejectedRequest as error:
            named = [name for name in _OPTIONAL if name in error.message and name not in self._refused]
            if not named:
                raise
            self._refused.update(named)
            return await self._send(request)

    async def aclose(self) -> None:
        """See ``Backend.aclose``."""
        if self._http is not None:
            await self._http.aclose()

    def _open(self, settings: ModelSettings) -> BaseChatModel:
        provider, model = provider_of(self._name)
        if provider == "openai":
            return self._open_openai(model, settings)
        from langchain.chat_models import init_chat_model

        try:
            chat: BaseChatModel = init_chat_model(model, model_provider=provider, max_retries=0)
        except ImportError:
            raise ConfigError(
                f"The model {self._name} needs a package that is not installed.",
                f"Install langchain-{provider.replace('_', '-')}.",
            ) from None
        except ValueError:
            raise ConfigError(
                f"The model {self._name} cannot be opened.",
                "Check the provider's name (openai:…, anthropic:…, ollama:…) and its key variable.",
            ) from None
        return chat

    def _open_openai(self, model: str, settings: ModelSettings) -> BaseChatModel:
        if not settings.api_key and not settings.base_url:
            raise ConfigError(
                f"No key for {self._name}: OPENAI_API_KEY is not set.",
                "Set it, or set OPENAI_BASE_URL to a compatible server (promptbeam demo needs neither).",
            )
        from langchain_openai import ChatOpenAI
        from openai import DefaultAioHttpClient
        from pydantic import SecretStr

        self._http = DefaultAioHttpClient()
        return ChatOpenAI(
            model=model,
            base_url=settings.base_url,
            api_key=SecretStr(settings.api_key or "not-needed"),
            timeout=settings.timeout,
            max_retries=0,
            http_async_client=self._http,
        )

    async def _send(self, request: ModelRequest) -> ModelAnswer:
        from langchain_core.exceptions import LangChainException

        options: dict[str, Any] = {}
        if "temperature" not in self._refused:
            options["temperature"] = request.temperature
        if request.max_tokens is not None:
            options["max_tokens"] = request.max_tokens
        if request.seed is not None and "seed" not in self._refused:
            options["seed"] = request.seed
        messages = [_to_langchain(message) for message in request.messages]
        try:
            reply = await self._chat.ainvoke(messages, **options)
        except LangChainException as error:
            raise _translated(error, self._name) from None
        except (ConnectionError, OSError) as error:
            raise _unreachable(self._name) from error
        except (ValueError, TypeError, KeyError, AttributeError):
            # A cut or garbled body surfaces as whatever the client's parser stumbles over.
            raise ModelOverloaded(f"{self._name} sent an answer that cannot be read.", "") from None
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
            finish="refusal" if refused else _finish(reply.response_metadata.get("finish_reason")),
            cost=cost_of(self._price, tokens_in, tokens_out),
        )


def _finish(reason: object) -> FinishReason:
    if reason in (None, "stop", "end_turn", "STOP"):
        return "stop"
    if reason in ("length", "max_tokens", "MAX_TOKENS"):
        return "length"
    if reason in ("content_filter", "refusal", "SAFETY"):
        return "refusal"
    return "other"


def _to_langchain(message: Message) -> BaseMessage:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds: dict[str, type[BaseMessage]] = {
        "system": SystemMessage,
        "user": HumanMessage,
        "assistant": AIMessage,
    }
    return kinds[message.role](content=message.content)


def _unreachable(name: str) -> ModelUnreachable:
    return ModelUnreachable(
        f"The server of {name} cannot be reached.",
        Fix("Check the network and OPENAI_BASE_URL, then {}.", Knob.GO_ON),
    )


def _translated(error: Exception, name: str) -> ModelError:
    """Map LangChain's provider-independent errors to ours, keeping no foreign text but parameter names."""
    from langchain_core import exceptions as lc

    retry_after = _retry_after(error)
    code = str(getattr(error, "code", "") or "")
    if isinstance(error, lc.ModelAuthenticationError | lc.ModelPermissionDeniedError):
        return ModelRefusedKey(f"{name} refused the key.", "Check OPENAI_API_KEY and what it may use.")
    if isinstance(error, lc.ModelNotFoundError):
        return ModelNotFound(f"The provider does not know {name}.", "Check the model's name.")
    if isinstance(error, lc.ModelTimeoutError) and not _refused_connection(error):
        return ModelTimeout(f"{name} did not answer in time.", "Raise PROMPTBEAM_MODEL_TIMEOUT.")
    if isinstance(error, lc.ModelTimeoutError | lc.ModelConnectionError):
        return _unreachable(name)
    if isinstance(error, lc.ModelRateLimitError):
        if code == "insufficient_quota":
            return ModelQuotaEmpty(
                f"The account of {name} has no quota left.", Fix("Add credit, then {}.", Knob.GO_ON)
            )
        return ModelRateLimited(
            f"{name} asks for fewer calls.", "Lower PROMPTBEAM_CONCURRENCY.", retry_after=retry_after
        )
    if isinstance(error, lc.ContextOverflowError):
        return ModelRejectedRequest(f"The prompt is too long for {name}.", "Shorten prompt or examples.")
    if isinstance(error, lc.ModelInvalidRequestError):
        named = [word for word in _OPTIONAL if word in str(error)]
        hint = f" (parameter {', '.join(named)})" if named else ""
        return ModelRejectedRequest(f"{name} rejected the request{hint}.", "Check the model's settings.")
    status = getattr(error, "status_code", 500)
    if isinstance(status, int) and 400 <= status < 500:
        return ModelRejectedRequest(f"{name} rejected the request.", "Check the model's settings.")
    return ModelOverloaded(f"{name} failed on its side.", "Try again later.", retry_after=retry_after)


def _refused_connection(error: BaseException) -> bool:
    """Tell whether a timeout is really a refused connection: the aiohttp transport reports both alike."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and not isinstance(cause, TimeoutError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _retry_after(error: Exception) -> float | None:
    response = getattr(error, "response", None)
    headers = getattr(response, "headers", None)
    if headers is None:
        return None
    with contextlib.suppress(TypeError, ValueError):
        return max(0.0, float(headers.get("retry-after")))
    return None
