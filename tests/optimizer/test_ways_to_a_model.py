"""Both ways to an OpenAI-compatible server send the same and understand the same, whatever comes back."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import openai
import pytest

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
from optimizer.model.backend import open_backend
from optimizer.model.chat_completions import ChatCompletionsBackend
from optimizer.model.foreign_errors import translated
from optimizer.model.langchain_backend import LangChainBackend
from optimizer.model.opened_chat import open_chat
from optimizer.model.protocol import Message, ModelAnswer, ModelRequest
from optimizer.model.settings import ModelSettings
from tests.optimizer.recording_server import RecordingServer

WAYS = (ChatCompletionsBackend, LangChainBackend)
NAMES = (
    "openai:simulated-small",
    "simulated-small",
    "openai:o3-mini",
    "openai:gpt-5-nano",
    "openai:gpt-4.1-mini",
)
TALK = (
    Message("system", "Be brief."),
    Message("user", "Grüße 🙂"),
    Message("assistant", ""),
    Message("user", "x"),
)
REQUEST = ModelRequest(TALK, temperature=0.7, max_tokens=64, seed=3)


@pytest.fixture(scope="module")
def server():
    with RecordingServer() as running:
        yield running


def settings(server, **changes):
    return ModelSettings(**{"base_url": server.url, "api_key": "key-1", "timeout": 20.0, **changes})


def completion(content="Fine.", finish="stop", usage=(11, 4), **message):
    told = {} if usage is None else {"usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1]}}
    spoken = {"role": "assistant", "content": content, **message}
    return {
        "id": "c-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": spoken, "finish_reason": finish}],
        **told,
    }


def error(status, message="foreign words", *, headers=None, **more):
    return (
        status,
        {"error": {"message": message, "type": "x", "param": None, "code": None, **more}},
        headers or {},
    )


async def ask(way, given, name="openai:simulated-small", request=REQUEST):
    """Return the answer, or the error."""
    backend = way(name, given, open_chat(name, given))
    try:
        return await backend.attempt(request)
    except ModelError as raised:
        return raised
    finally:
        await backend.aclose()


async def ask_both(server, *replies, name="openai:simulated-small", request=REQUEST):
    """Return what both ways made of the replies, which must be the same, and what each of them sent."""
    results, sent = [], []
    for way in WAYS:
        server.answers(*replies)
        server.bodies.clear()
        result = await ask(way, settings(server), name, request)
        results.append((type(result), str(result), getattr(result, "retry_after", None)))
        sent.append(list(server.bodies))
    assert results[0] == results[1]
    assert sent[0] == sent[1]
    return result, sent[0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "request_",
    [REQUEST, ModelRequest((Message("user", "x"),)), ModelRequest(TALK, temperature=1.0, max_tokens=5)],
)
async def test_both_ways_send_the_same_body_to_the_same_place_with_the_same_key(server, name, request_):
    server.paths.clear()
    server.headers.clear()
    answer, bodies = await ask_both(server, completion(), name=name, request=request_)
    assert answer.text == "Fine."
    assert (bodies[0]["model"], bodies[0]["messages"][-1]["content"]) == (name.removeprefix("openai:"), "x")
    assert not bodies[0].get("stream")
    assert set(server.paths) == {"/v1/chat/completions"}
    differ = {"x-stainless-raw-response", "idempotency-key", "content-length"}
    lean, whole = (
        {key: value for key, value in sent.items() if key not in differ} for sent in server.headers
    )
    assert lean == whole
    assert lean["authorization"] == "Bearer key-1"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (completion(), ModelAnswer("Fine.", 11, 4, "stop", 0.0)),
        (completion(usage=None), ModelAnswer("Fine.", 0, 0, "stop", 0.0)),
        (completion(None), ModelAnswer("", 11, 4, "stop", 0.0)),
        (completion(None, refusal="I cannot."), ModelAnswer("", 11, 4, "refusal", 0.0)),
        (completion(finish="length"), ModelAnswer("Fine.", 11, 4, "length", 0.0)),
        (completion(finish="content_filter"), ModelAnswer("Fine.", 11, 4, "refusal", 0.0)),
        (completion(finish="tool_calls"), ModelAnswer("Fine.", 11, 4, "other", 0.0)),
        (completion(finish=None), ModelAnswer("Fine.", 11, 4, "stop", 0.0)),
        (
            completion([{"type": "text", "text": "Fi"}, {"type": "text", "text": "ne."}]),
            ModelAnswer("Fine.", 11, 4, "stop", 0.0),
        ),
    ],
)
async def test_both_ways_read_an_answer_alike(server, reply, expected):
    answer, _ = await ask_both(server, reply)
    assert answer == expected


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(401), ModelRefusedKey),
        (error(403), ModelRefusedKey),
        (error(404), ModelNotFound),
        (error(400), ModelRejectedRequest),
        (error(409), ModelRejectedRequest),
        (error(413), ModelRejectedRequest),
        (error(422, "Unprocessable"), ModelRejectedRequest),
        (error(400, "too long", code="context_length_exceeded"), ModelRejectedRequest),
        (error(429, headers={"Retry-After": "7"}), ModelRateLimited),
        (error(429), ModelRateLimited),
        (error(429, code="insufficient_quota"), ModelQuotaEmpty),
        (error(500), ModelOverloaded),
        (error(503, headers={"Retry-After": "2.5"}), ModelOverloaded),
        ((500, b"<html>Bad gateway</html>"), ModelOverloaded),
        ((0, b""), ModelUnreachable),
        ((200, b'{"choices": [{"message": {"con'), ModelOverloaded),
        ((200, b""), ModelOverloaded),
        ((200, b"null"), ModelOverloaded),
        ((200, b"[]"), ModelOverloaded),
        ((200, {"choices": None}), ModelOverloaded),
        ((200, {"choices": []}), ModelOverloaded),
        ((200, {"error": {"message": "late"}, "choices": []}), ModelOverloaded),
        ((200, b"<html>Sign in</html>", {"Content-Type": "text/html"}), ModelOverloaded),
    ],
)
async def test_both_ways_name_a_failure_alike(server, reply, kind):
    raised, _ = await ask_both(server, reply)
    assert type(raised) is kind
    told = float(reply[2]["Retry-After"]) if "Retry-After" in (reply[2] if len(reply) > 2 else {}) else None
    assert raised.retry_after == told
    assert "foreign words" not in str(raised)


@pytest.mark.parametrize("parameter", ["temperature", "seed"])
async def test_a_parameter_that_the_model_refuses_is_left_out_at_once_and_from_then_on(server, parameter):
    refusal = error(400, f"Unsupported value: '{parameter}'.", param=parameter)
    for way in WAYS:
        server.answers(refusal, completion())
        server.bodies.clear()
        given = settings(server)
        backend = way("simulated-small", given, open_chat("simulated-small", given))
        assert (await backend.attempt(REQUEST)).text == "Fine."
        await backend.attempt(REQUEST)
        await backend.aclose()
        assert [parameter in body for body in server.bodies] == [True, False, False]


async def test_both_ways_know_a_server_that_is_away_and_one_that_is_late():
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(30), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    late = ModelSettings(base_url=f"http://127.0.0.1:{port}/v1", timeout=0.2)
    for way in WAYS:
        assert type(await ask(way, late)) is ModelTimeout
    silent.close()
    await silent.wait_closed()
    for way in WAYS:
        assert type(await ask(way, late)) is ModelUnreachable


async def test_each_model_gets_the_way_that_suits_it(server, monkeypatch):
    given = settings(server)
    for name, way in (
        ("gpt-4.1-mini", ChatCompletionsBackend),
        ("openai:o3-mini", ChatCompletionsBackend),
        ("openai:gpt-5-pro", LangChainBackend),
    ):
        backend = open_backend(name, given)
        assert type(backend) is way
        await backend.aclose()
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "k")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_API_VERSION", "2025-01-01")
    assert type(open_backend("azure_openai:gpt-4.1", given)) is LangChainBackend
    with pytest.raises(ConfigError, match="not installed"):
        open_backend("mistralai:small", given)


async def test_calls_that_langsmith_traces_go_through_langchain(server, monkeypatch):
    from langsmith.utils import get_env_var

    get_env_var.cache_clear()
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    try:
        backend = open_backend("gpt-4.1-mini", settings(server))
        assert type(backend) is LangChainBackend
        await backend.aclose()
    finally:
        get_env_var.cache_clear()


@pytest.mark.parametrize(("hours", "least", "most"), [(1, 3000, 3600), (-1, 0, 0)])
def test_a_date_to_come_back_at_is_understood_as_seconds_are(hours, least, most):
    told = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    assert least <= wait_after(told) <= most
    assert wait_after("-3") == 0


@pytest.mark.parametrize("told", ["soon", "", "Tue, 99 Foo"])
def test_a_wait_that_cannot_be_read_is_none(told):
    assert wait_after(told) is None


def wait_after(told):
    """The wait that a 429 with this ``Retry-After`` asks for."""
    response = httpx.Response(429, headers={"Retry-After": told}, request=httpx.Request("POST", "http://x"))
    return translated(openai.RateLimitError("slow", response=response, body=None), "m").retry_after
