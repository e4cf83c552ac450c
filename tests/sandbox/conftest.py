"""A running local workspace, the real Slack client for it, and real Bolt apps connected to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.workspace.clock import HandClock
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace


@pytest.fixture
def hand_clock() -> HandClock:
    return HandClock()


@pytest.fixture
def workspace() -> Iterator[RunningWorkspace]:
    options = Options(event_retry_seconds=(0.05, 0.05, 0.05), ack_seconds=1.0)
    with RunningWorkspace(options) as running:
        yield running


@pytest.fixture
def slow_workspace(hand_clock: HandClock) -> Iterator[RunningWorkspace]:
    """A workspace whose clock only the test turns."""
    with RunningWorkspace(Options(clock=hand_clock)) as running:
        yield running


@pytest.fixture
def client(workspace: RunningWorkspace) -> WebClient:
    return WebClient(workspace.bot_token, base_url=workspace.api_url)


@pytest.fixture
def slow_client(slow_workspace: RunningWorkspace) -> WebClient:
    return WebClient(slow_workspace.bot_token, base_url=slow_workspace.api_url)


Connect = Callable[[App], SocketModeHandler]


@pytest.fixture
def connect(workspace: RunningWorkspace) -> Iterator[Connect]:
    """Connect a Bolt app by Socket Mode; it is disconnected at the end of the test."""
    handlers: list[SocketModeHandler] = []

    def connect_app(app: App) -> SocketModeHandler:
        handler = SocketModeHandler(app, workspace.app_token, ping_interval=1)
        handlers.append(handler)
        handler.connect()
        workspace.wait_for_app(len(handlers))
        return handler

    yield connect_app
    for handler in handlers:
        handler.client.auto_reconnect_enabled = False
    workspace.cut()  # wakes the readers, which would else wait three seconds for a frame
    for handler in handlers:
        handler.close()


@pytest.fixture
def bolt(client: WebClient) -> App:
    return App(client=client)
