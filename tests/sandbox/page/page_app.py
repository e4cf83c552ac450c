"""A small Slack app for tests of the page: it answers what the workspace delivers, and keeps a record."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

Answer = dict[str, Any] | None
SECONDS = 10
PROMPTS, GENERAL, SECRET = "C00PROMPTS1", "C00GENERAL1", "C0SECRETLAB"


class SmallApp:
    """Connected over Socket Mode. `answers` maps an envelope type to what is done with its payload."""

    def __init__(self, client: WebClient, app_token: str) -> None:
        self.client = client
        self.answers: dict[str, Callable[[dict[str, Any]], Answer]] = {}
        self.delivered: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self._socket = SocketModeClient(app_token, web_client=client)
        self._socket.socket_mode_request_listeners.append(self._receive)

    def __enter__(self) -> Self:
        self._socket.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.auto_reconnect_enabled = False
        # The SDK's close() may wait for ever for its own reader; its threads are daemons.
        threading.Thread(target=self._socket.close, daemon=True).start()

    def _receive(self, socket: BaseSocketModeClient, request: SocketModeRequest) -> None:
        kind = str(request.payload.get("type") or request.type)
        answer = self.answers.get(kind, lambda _payload: None)(request.payload)
        socket.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))
        self.delivered.put((kind, request.payload))

    def next(self, kind: str) -> dict[str, Any]:
        """The next delivery of this kind. Raises queue.Empty when none comes in time."""
        while True:
            got, payload = self.delivered.get(timeout=SECONDS)
            if got == kind:
                return payload

    def opens_on_command(self, view: dict[str, Any]) -> None:
        """Answer every slash command with this modal."""

        def open_view(payload: dict[str, Any]) -> Answer:
            self.client.views_open(trigger_id=payload["trigger_id"], view=view)
            return None

        self.answers["slash_commands"] = open_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def modal(*blocks: dict[str, Any], title: str = "A form", submit: str | None = "Start") -> dict[str, Any]:
    view = {"type": "modal", "callback_id": "form", "title": plain(title), "blocks": list(blocks)}
    return view | ({"submit": plain(submit)} if submit else {})


def field(block_id: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element | {"action_id": "value"},
    } | more
