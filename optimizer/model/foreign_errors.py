"""Errors of LangChain and of the openai client, turned into ours; no foreign text but parameter names gets out."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from optimizer.errors import (
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
from optimizer.model.call_options import OPTIONAL
from optimizer.ways_out import Fix, Knob

_Kinds: TypeAlias = tuple[type[Exception], ...]


def unreachable(name: str) -> ModelUnreachable:
    """Return the error of a server that does not answer."""
    return ModelUnreachable(
        f"The server of {name} cannot be reached.",
        Fix("Check the network and OPENAI_BASE_URL, then {}.", Knob.GO_ON),
    )


def unreadable(name: str) -> ModelOverloaded:
    """Return the error of an answer that is cut, garbled or none at all."""
    return ModelOverloaded(f"{name} sent an answer that cannot be read.", "")


def foreign_errors() -> _Kinds:
    """Return the roots of what ``translated`` takes; imported late, for these packages are slow to load."""
    from langchain_core.exceptions import LangChainException
    from openai import OpenAIError

    return (LangChainException, OpenAIError)


def translated(error: Exception, name: str) -> ModelError:
    """Map an error from the way to model ``name`` to ours, which knows whether to try again."""
    import openai
    from langchain_core import exceptions as lc

    refused: _Kinds = (
        lc.ModelAuthenticationError,
        lc.ModelPermissionDeniedError,
        openai.AuthenticationError,
        openai.PermissionDeniedError,
    )
    if isinstance(error, refused):
        return ModelRefusedKey(f"{name} refused the key.", "Check OPENAI_API_KEY and what it may use.")
    if isinstance(error, lc.ModelNotFoundError | openai.NotFoundError):
        return ModelNotFound(f"The provider does not know {name}.", "Check the model's name.")
    timed_out = isinstance(error, lc.ModelTimeoutError | openai.APITimeoutError)
    if timed_out and not _lost_connection(error):
        return ModelTimeout(f"{name} did not answer in time.", "Raise PROMPTBEAM_MODEL_TIMEOUT.")
    if timed_out or isinstance(error, lc.ModelConnectionError | openai.APIConnectionError):
        return unreachable(name)
    if isinstance(error, lc.ModelRateLimitError | openai.RateLimitError):
        return _rate_limited(error, name)
    if isinstance(error, lc.ContextOverflowError) or _too_long(error):
        return ModelRejectedRequest(f"The prompt is too long for {name}.", "Shorten prompt or examples.")
    status = getattr(error, "status_code", 400 if isinstance(error, lc.ModelInvalidRequestError) else 500)
    if isinstance(status, int) and 400 <= status < 500:
        return _rejected(error, name)
    return ModelOverloaded(f"{name} failed on its side.", "Try again later.", retry_after=_retry_after(error))


def _rejected(error: Exception, name: str) -> ModelRejectedRequest:
    named = [word for word in OPTIONAL if word in str(error)]
    hint = f" (parameter {', '.join(named)})" if named else ""
    return ModelRejectedRequest(f"{name} rejected the request{hint}.", "Check the model's settings.")


def _rate_limited(error: Exception, name: str) -> ModelError:
    if str(getattr(error, "code", "") or "") == "insufficient_quota":
        return ModelQuotaEmpty(
            f"The account of {name} has no quota left.", Fix("Add credit, then {}.", Knob.GO_ON)
        )
    return ModelRateLimited(
        f"{name} asks for fewer calls.", "Lower PROMPTBEAM_CONCURRENCY.", retry_after=_retry_after(error)
    )


def _too_long(error: Exception) -> bool:
    """Tell whether a server says that its context window is too small, in the words of several servers."""
    text = str(error)
    return getattr(error, "code", None) == "context_length_exceeded" or any(
        words in text
        for words in (
            "context_length_exceeded",
            "exceeds the context window",
            "Input tokens exceed the configured limit",
            "prompt is too long",
            "ContextWindowExceededError",
        )
    )


def _lost_connection(error: BaseException) -> bool:
    """Tell whether a timeout is really a refused or cut connection: the aiohttp transport reports all alike."""
    from aiohttp import ServerDisconnectedError

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError | ServerDisconnectedError) and not isinstance(cause, TimeoutError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _retry_after(error: Exception) -> float | None:
    """Return the seconds that a server asks to wait, which it tells as a number or as a date (RFC 9110)."""
    response = getattr(error, "response", None)
    headers = getattr(response, "headers", None)
    if headers is None:
        return None
    told = headers.get("retry-after")
    with contextlib.suppress(TypeError, ValueError):
        return max(0.0, float(told))
    with contextlib.suppress(TypeError, ValueError):
        until = parsedate_to_datetime(told)
        return max(0.0, (until - datetime.now(until.tzinfo or UTC)).total_seconds())
    return None
