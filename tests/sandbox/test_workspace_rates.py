"""Rate limits, on a clock that the test turns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_payloads import PROMPTS, SECRET_LAB
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from sandbox.workspace.clock import HandClock
from sandbox.workspace.options import Options
from sandbox.workspace.rates import RateLimits, Tier
from sandbox.workspace.runner import RunningWorkspace


def test_fifty_updates_a_minute_are_allowed_and_the_next_waits(slow_client, slow_workspace, hand_clock):
    ts = slow_client.chat_postMessage(channel=PROMPTS, text="0")["ts"]
    for n in range(50):
        slow_client.chat_update(channel=PROMPTS, ts=ts, text=str(n))
    hand_clock.advance(20)
    with pytest.raises(SlackApiError) as caught:
        slow_client.chat_update(channel=PROMPTS, ts=ts, text="one too many")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "40"
    hand_clock.advance(40)
    assert slow_client.chat_update(channel=PROMPTS, ts=ts, text="now")["ok"]


def test_posting_is_one_a_second_per_channel_after_a_short_burst(slow_client, hand_clock):
    for n in range(5):
        slow_client.chat_postMessage(channel=PROMPTS, text=str(n))
    with pytest.raises(SlackApiError, match="ratelimited"):
        slow_client.chat_postMessage(channel=PROMPTS, text="x")
    assert slow_client.chat_postMessage(channel=SECRET_LAB, text="elsewhere")["ok"]
    hand_clock.advance(1)
    assert slow_client.chat_postMessage(channel=PROMPTS, text="x")["ok"]


def test_the_limits_can_be_switched_off():
    with RunningWorkspace(Options(rate_limits=False)) as running:
        client = WebClient(running.bot_token, base_url=running.api_url)
        for n in range(30):
            client.chat_postMessage(channel=PROMPTS, text=str(n))


def test_slacks_own_retry_handler_waits_as_told(client, workspace):
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    workspace.fail_next("chat.postMessage", status=429, retry_after=1)
    assert client.chat_postMessage(channel=PROMPTS, text="x")["ok"]
    assert [one["status"] for one in workspace.calls("chat.postMessage")] == [429, 200]


@given(st.lists(st.floats(0, 30), max_size=300), st.sampled_from([Tier.TWO, Tier.THREE, Tier.FOUR]))
def test_no_minute_ever_has_more_calls_than_the_tier_allows(pauses, tier):
    clock = HandClock()
    limits = RateLimits(clock)
    allowed: list[float] = []
    for pause in pauses:
        clock.advance(pause)
        if limits.wait_for("token", "method", tier) is None:
            allowed.append(clock.now())
    for start in allowed:
        assert sum(start <= one < start + 60 for one in allowed) <= tier.value


@given(st.lists(st.floats(0, 5), max_size=100))
def test_who_waits_as_long_as_told_is_let_through(pauses):
    clock = HandClock()
    limits = RateLimits(clock)
    for pause in pauses:
        clock.advance(pause)
        wait = limits.wait_for("token", "chat.postMessage", Tier.POSTING, "C1")
        if wait is not None:
            clock.advance(wait)
            assert limits.wait_for("token", "chat.postMessage", Tier.POSTING, "C1") is None
