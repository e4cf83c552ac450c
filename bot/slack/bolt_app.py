"""Bolt's app as we want it, before anybody listens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from slack_bolt import App
from slack_sdk import WebClient

from bot.config import BotSettings
from bot.health.metrics import Metrics
from bot.slack import message_events
from bot.slack.authorizing import NOT_HERE, Authorize
from bot.slack.clients import API_TIMEOUT
from bot.slack.timed_app import TimedApp

_LISTENER_THREADS = 10
_BOLT_VARIABLES = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN")


def bolt_app(settings: BotSettings, authorize: Authorize | None, metrics: Metrics) -> App:
    """Return the app; ``authorize`` finds the installation of each request where there are several workspaces."""
    client = WebClient(settings.bot_token or None, base_url=settings.api_url, timeout=API_TIMEOUT)
    with _without_variables():
        return TimedApp(
            metrics.slack_acknowledged.observe,
            client=client,
            signing_secret=settings.signing_secret,
            request_verification_enabled=settings.mode == "http",
            listener_executor=ThreadPoolExecutor(_LISTENER_THREADS, thread_name_prefix="listener"),
            before_authorize=message_events.skip_echoes,
            authorize=authorize,
            user_facing_authorize_error_message=NOT_HERE,
        )


@contextmanager
def _without_variables() -> Iterator[None]:
    """Hide the variables that Bolt would read behind our back and change its mode by."""
    hidden = {name: os.environ.pop(name) for name in _BOLT_VARIABLES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)
