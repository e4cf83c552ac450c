"""A model opened with LangChain by its name: any provider, with the key and address of its own settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optimizer.errors import ConfigError
from optimizer.model.settings import ModelSettings, provider_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


@dataclass(frozen=True, slots=True)
class OpenedChat:
    """A chat model, and the HTTP client that has to be closed with it, if that is ours."""

    chat: BaseChatModel
    http: Any = None

    async def aclose(self) -> None:
        """Close the connections that were opened here."""
        if self.http is not None:
            await self.http.aclose()


def open_chat(name: str, settings: ModelSettings) -> OpenedChat:
    """Open the model ``name`` (``provider:model``; a bare name belongs to openai).

    Raises:
        ConfigError: no key, or the provider's package is missing.
    """
    provider, model = provider_of(name)
    if provider == "openai":
        return _open_openai(name, model, settings)
    from langchain.chat_models import init_chat_model

    try:
        return OpenedChat(init_chat_model(model, model_provider=provider, max_retries=0))
    except ImportError:
        raise ConfigError(
            f"The model {name} needs a package that is not installed.",
            f"Install langchain-{provider.replace('_', '-')}.",
        ) from None
    except ValueError:
        raise ConfigError(
            f"The model {name} cannot be opened.",
            "Check the provider's name (openai:…, anthropic:…, ollama:…) and its key variable.",
        ) from None


def _open_openai(name: str, model: str, settings: ModelSettings) -> OpenedChat:
    if not settings.api_key and not settings.base_url:
        raise ConfigError(
            f"No key for {name}: OPENAI_API_KEY is not set.",
            "Set it, or set OPENAI_BASE_URL to a compatible server (promptbeam demo needs neither).",
        )
    from langchain_openai import ChatOpenAI
    from openai import DefaultAioHttpClient
    from pydantic import SecretStr

    http = DefaultAioHttpClient()
    chat = ChatOpenAI(
        model=model,
        base_url=settings.base_url,
        api_key=SecretStr(settings.api_key or "not-needed"),
        timeout=settings.timeout,
        max_retries=0,
        http_async_client=http,
    )
    return OpenedChat(chat, http)
