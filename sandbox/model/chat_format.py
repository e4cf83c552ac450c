"""The wire format of chat completions: reading a request, writing an answer or an error."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

CHARS_PER_TOKEN = 4

Finish = Literal["stop", "length", "content_filter"]


class BadRequest(Exception):
    """A request that is answered with status 400; ``param`` names the field at fault."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message; parts of a multi-part content are joined by line breaks."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What decides an answer. ``content_hash`` is equal for equal requests, whatever their key order."""

    model: str
    messages: tuple[ChatMessage, ...]
    temperature: float
    seed: int | None
    max_tokens: int | None
    samples: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer text; ``refusal`` says that the model declined and the text is its apology."""

    text: str
    finish: Finish = "stop"
    refusal: bool = False


def read_chat_request(body: bytes) -> ChatRequest:
    """Parse and check the body of ``POST /v1/chat/completions``.

    Raises:
        BadRequest: not JSON, no messages, a field of the wrong type, or ``stream`` asked for.
    """
    data = read_object(body)
    if data.get("stream"):
        raise BadRequest("The simulated model does not stream; send the request without stream.", "stream")
    messages = _messages(data.get("messages"))
    temperature = data.get("temperature")
    seed = data.get("seed")
    limit = data.get("max_completion_tokens") or data.get("max_tokens")
    samples = data.get("n") or 1
    if temperature is not None and not isinstance(temperature, int | float):
        raise BadRequest("temperature must be a number.", "temperature")
    if temperature is not None and not (math.isfinite(temperature) and 0 <= temperature <= 2):
        raise BadRequest("temperature must be between 0 and 2.", "temperature")
    for name, value in (("seed", seed), ("max_tokens", limit), ("n", samples)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise BadRequest(f"{name} must be a whole number.", name)
    if limit is not None and limit < 1:
        raise BadRequest("max_tokens must be at least 1.", "max_tokens")
    if not 1 <= samples <= 128:
        raise BadRequest("n must be between 1 and 128.", "n")
    model = str(data.get("model") or "simulated-small")
    heat = 1.0 if temperature is None else float(temperature)
    key = json.dumps([model, [[m.role, m.content] for m in messages], heat, seed, limit, samples])
    return ChatRequest(
        model=model,
        messages=messages,
        temperature=heat,
        seed=seed,
        max_tokens=limit,
        samples=samples,
        content_hash=hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest(),
    )


def read_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        BadRequest: the body is something else.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(data, dict):
        raise BadRequest("The body must be a JSON object.")
    return data


def _messages(raw: object) -> tuple[ChatMessage, ...]:
    if not isinstance(raw, list) or not raw:
        raise BadRequest("messages must be a list with at least one message.", "messages")
    return tuple(_message(item, index) for index, item in enumerate(raw))


def _message(item: object, index: int) -> ChatMessage:
    where = f"messages[{index}]"
    if not isinstance(item, dict) or not isinstance(item.get("role"), str):
        raise BadRequest(f"{where} must be an object with a role.", where)
    content = item.get("content")
    if content is None:
        return ChatMessage(item["role"], "")
    if isinstance(content, str):
        return ChatMessage(item["role"], content)
    if isinstance(content, list):
        parts = [part.get("text", "") for part in content if isinstance(part, dict)]
        return ChatMessage(item["role"], "\n".join(str(part) for part in parts))
    raise BadRequest(f"{where}.content must be text or a list of parts.", where)


def count_tokens(text: str) -> int:
    """Return the billed tokens of a text: a quarter of its characters, rounded up."""
    return -(-len(text) // CHARS_PER_TOKEN)


def cut_to_limit(choice: Choice, max_tokens: int | None) -> Choice:
    """Return the choice, truncated with finish reason ``length`` when it is over the limit."""
    if max_tokens is None or count_tokens(choice.text) <= max_tokens:
        return choice
    return Choice(choice.text[: max_tokens * CHARS_PER_TOKEN], "length")


def write_completion(request: ChatRequest, choices: Sequence[Choice], created: int) -> dict[str, Any]:
    """Return the response object; ``model`` and ``system_fingerprint`` say that it is simulated."""
    prompt_tokens = sum(count_tokens(message.content) + 4 for message in request.messages)
    answer_tokens = sum(count_tokens(choice.text) for choice in choices)
    model = request.model if request.model.startswith("simulated") else f"simulated ({request.model})"
    return {
        "id": f"chatcmpl-simulated-{request.content_hash}",
        "object": "chat.completion",
        "created": created,
        "model": model,
        "system_fingerprint": "simulated",
        "choices": [_choice(index, choice) for index, choice in enumerate(choices)],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": answer_tokens,
            "total_tokens": prompt_tokens + answer_tokens,
        },
    }


def _choice(index: int, choice: Choice) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": choice.text, "refusal": None}
    if choice.refusal:
        message |= {"content": None, "refusal": choice.text}
    return {"index": index, "message": message, "logprobs": None, "finish_reason": choice.finish}


def write_error(message: str, kind: str, *, param: str | None = None, code: str | None = None) -> bytes:
    """Return the body of an error response in OpenAI's shape."""
    error: Mapping[str, str | None] = {"message": message, "type": kind, "param": param, "code": code}
    return json.dumps({"error": error}).encode()
