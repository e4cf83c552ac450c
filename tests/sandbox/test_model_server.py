"""The simulated model as a server: wire format, faults, counters, and the process around it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import openai
import pytest
from model_tasks import ROOT, answers, client_for, say, tickets

from sandbox.model.runner import RunningModel

PROMPT = "Labels: billing, bug\n\nText: I was charged twice\nLabel:"


async def complete(url: str, text: str, **options: object):
    async with client_for(url) as client:
        settings = {"model": "m", "temperature": 0.0, **options}
        return await client.chat.completions.create(messages=[{"role": "user", "content": text}], **settings)


def post(url: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(f"{url}{path}", data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


async def test_a_completion_has_every_field_and_says_that_it_is_simulated() -> None:
    with RunningModel() as model:
        reply = await complete(model.url, PROMPT, model="gpt-something", n=3)
    assert [choice.message.content for choice in reply.choices] == ["billing"] * 3
    assert {choice.finish_reason for choice in reply.choices} == {"stop"}
    assert "simulated" in reply.model
    assert reply.system_fingerprint == "simulated"
    assert reply.usage.prompt_tokens == -(-len(PROMPT) // 4) + 4
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


async def test_an_answer_over_the_limit_is_cut_and_says_so() -> None:
    with RunningModel() as model:
        reply = await complete(model.url, "Say something long: " + "words " * 40, max_tokens=2)
    assert reply.choices[0].finish_reason == "length"
    assert len(reply.choices[0].message.content) == 8


async def test_models_and_embeddings_are_served() -> None:
    with RunningModel() as model:
        async with client_for(model.url) as client:
            names = [item.id async for item in client.models.list()]
            reply = await client.embeddings.create(
                model="e", input=["the parcel is late", "late is the parcel", "bananas"]
            )
            short = await client.embeddings.create(
                model="e", input=[[1, 2, 3]], dimensions=8, encoding_format="float"
            )
    one, two, three = (item.embedding for item in reply.data)
    assert names == ["simulated-small", "simulated-large"]
    assert sum(a * a for a in one) == pytest.approx(1, abs=1e-5)
    assert (
        sum(a * b for a, b in zip(one, two, strict=True))
        > sum(a * b for a, b in zip(one, three, strict=True)) + 0.3
    )
    assert len(short.data[0].embedding) == 8


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"{", "JSON"),
        (b"[]", "object"),
        (b'{"messages": []}', "at least one"),
        (b'{"messages": [{"content": "x"}]}', "role"),
        (b'{"messages": [{"role": "user", "content": "x"}], "stream": true}', "stream"),
        (b'{"messages": [{"role": "user", "content": "x"}], "temperature": 7}', "temperature"),
        (b'{"messages": [{"role": "user", "content": "x"}], "n": 0.5}', "whole number"),
        (b'{"messages": [{"role": "user", "content": "x"}], "n": 1000}', "n must"),
        (b'{"messages": [{"role": "user", "content": 3}]}', "content"),
    ],
)
def test_a_bad_request_is_refused_with_a_clear_message(body: bytes, part: str) -> None:
    with RunningModel() as model:
        status, _, answer = post(model.url, "/chat/completions", body)
    assert status == 400
    assert part in json.loads(answer)["error"]["message"]


async def test_too_many_requests_are_told_when_to_come_back() -> None:
    with RunningModel(rate_limit_rps=1, retry_after=0.5) as model:
        await say(model.url, PROMPT)
        with pytest.raises(openai.RateLimitError) as caught:
            await say(model.url, PROMPT)
        outcomes = model.stats()["outcomes"]
    assert caught.value.response.headers["Retry-After"] == "0.5"
    assert outcomes == {"answered": 1, "rate_limit": 1}


async def test_a_retry_that_waits_as_told_gets_through() -> None:
    with RunningModel(rate_limit_rps=20, retry_after=0.06) as model:
        replies = await asyncio.gather(
            *(say(model.url, PROMPT + " " * index, retries=8) for index in range(30))
        )
        outcomes = model.stats()["outcomes"]
    assert set(replies) == {"billing"}
    assert outcomes["answered"] == 30
    assert outcomes["rate_limit"] > 0


async def test_errors_strike_an_attempt_and_spare_a_later_one() -> None:
    with RunningModel(error_rate=0.4, seed=3) as model:
        careless = await asyncio.gather(
            *(say(model.url, f"{PROMPT} {index}") for index in range(20)), return_exceptions=True
        )
        patient = await asyncio.gather(*(say(model.url, f"{PROMPT}{index}", retries=9) for index in range(5)))
    failed = [reply for reply in careless if isinstance(reply, openai.InternalServerError)]
    assert 2 <= len(failed) <= 15
    assert len(patient) == 5


async def test_a_cut_connection_breaks_off_in_the_middle() -> None:
    with RunningModel(cut_rate=1.0) as model:
        with pytest.raises(openai.APIConnectionError):
            await say(model.url, PROMPT)
        assert model.stats()["outcomes"] == {"cut": 1}
        assert model.stats()["answered"] == 0


async def test_garbled_answers_are_no_labels_and_no_json() -> None:
    with RunningModel(garble_rate=1.0) as model:
        labels = [await say(model.url, f"{PROMPT} {index}") for index in range(6)]
        critique = await say(model.url, "<prompt>\nx\n</prompt>\nCount: 2", system="Job: critique")
    assert not {"billing", "bug"} & set(labels)
    with pytest.raises(ValueError):
        json.loads(critique)


async def test_truncated_answers_say_so() -> None:
    with RunningModel(truncate_rate=1.0) as model:
        reply = await complete(model.url, PROMPT)
    assert reply.choices[0].finish_reason == "length"
    assert reply.choices[0].message.content == "bil"


async def test_refusals_come_as_an_apology_or_in_the_field_for_them() -> None:
    with RunningModel(refuse_rate=1.0) as model:
        replies = [await complete(model.url, f"{PROMPT}{index}") for index in range(12)]
    messages = [reply.choices[0].message for reply in replies]
    assert all("sorry" in (message.refusal or message.content) for message in messages)
    assert 0 < sum(message.refusal is None for message in messages) < 12


async def test_a_wrong_key_is_refused_when_one_is_required() -> None:
    with RunningModel(require_key="sk-right") as model:
        assert await say(model.url, PROMPT, key="sk-right") == "billing"
        with pytest.raises(openai.AuthenticationError):
            await say(model.url, PROMPT, key="sk-wrong")


async def test_counters_tell_repeated_calls_from_new_ones() -> None:
    with RunningModel() as model:
        for text in (PROMPT, PROMPT, PROMPT + " "):
            await say(model.url, text)
        await say(model.url, PROMPT, seed=5)
        await say(model.url, "Count: 1", system="Job: critique")
        stats = model.stats(contents=True)
    assert stats["requests_by_kind"] == {"task": 4, "critique": 1}
    assert (stats["answered"], stats["distinct"], stats["repeated"]) == (5, 4, 1)
    assert sorted(stats["contents"].values()) == [1, 1, 1, 2]
    assert stats["tokens"]["input"] > 0


async def test_settings_change_while_it_runs_and_bad_ones_are_refused() -> None:
    with RunningModel() as model:
        root = model.url.removesuffix("/v1")
        status, _, body = post(root, "/control", b'{"error_rate": 1}')
        assert (status, json.loads(body)["error_rate"]) == (200, 1)
        with pytest.raises(openai.InternalServerError):
            await say(model.url, PROMPT)
        assert model.control(error_rate=0, reset=True)["error_rate"] == 0
        assert await say(model.url, PROMPT) == "billing"
        assert model.stats()["requests"] == 1
        assert post(root, "/control", b'{"error_rate": 2}')[0] == 400
        assert post(root, "/control", b'{"eror_rate": 0}')[0] == 400
        assert post(root, "/control", b'{"hold_after": -2}')[0] == 400
        with urllib.request.urlopen(f"{root}/stats?contents") as response:
            assert json.load(response)["answered"] == 1


async def test_answers_are_held_after_a_number_of_them_until_they_are_let_go() -> None:
    with RunningModel(hold_after=2) as model:
        asked = [asyncio.create_task(say(model.url, f"{PROMPT}{index}")) for index in range(5)]
        while model.stats()["answered"] + model.stats()["in_flight"] < 5:
            await asyncio.sleep(0)
        assert model.stats()["answered"] == 2
        model.control(hold_after=1)
        while model.stats()["in_flight"] > 2:
            await asyncio.sleep(0)
        model.control(latency_ms=0)
        assert model.stats()["in_flight"] == 2
        model.control(hold_after=-1)
        assert len(await asyncio.gather(*asked)) == 5


async def test_held_answers_to_who_has_left_count_for_nothing_and_the_end_waits_for_none() -> None:
    with RunningModel(hold_after=0) as model:
        left = asyncio.create_task(say(model.url, PROMPT))
        while not model.stats()["in_flight"]:
            await asyncio.sleep(0)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        model.control(hold_after=1)
        assert await say(model.url, PROMPT + "!") == "billing"
        stays = asyncio.create_task(say(model.url, PROMPT))
        while not model.stats()["in_flight"]:
            await asyncio.sleep(0)
    assert await stays == "billing"


async def test_many_calls_are_answered_at_once() -> None:
    prompt, rows = tickets()
    with RunningModel(latency_ms=40, jitter=0.5) as model:
        given = await answers(model.url, prompt, rows[:64])
        most = model.stats()["most_in_flight"]
    assert len(given) == 64
    assert most > 8


def start(*options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "sandbox.model", "--port", "0", *options]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_the_process_says_where_it_listens_and_ends_with_its_parent() -> None:
    with start("--exit-with-parent", "--latency-ms", "1", "--require-key", "k") as process:
        ready = json.loads(process.stdout.readline())
        assert ready["ready"] == "model"
        with urllib.request.urlopen(ready["url"].replace("/v1", "/control")) as response:
            assert json.load(response)["require_key"] == "k"
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_the_process_ends_on_sigterm_and_refuses_impossible_settings() -> None:
    with start() as process:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    with start("--error-rate", "3") as process:
        assert process.wait(timeout=20) == 2
