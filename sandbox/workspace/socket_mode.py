"""The Socket Mode side: connections of the app, envelopes and their acknowledgements."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from sandbox.workspace.delivery import DeliveryFailed, Kind, Retry
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.seed import Seed

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0
GRACE_SECONDS = 10.0
RECONNECT_SECONDS = 30.0
CLOSE_SECONDS = 1.0
LARGEST_ENVELOPE_BYTES = 4 * 1024 * 1024


@dataclass(eq=False, slots=True)
class _Link:
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[JsonObject]] = field(default_factory=dict)
    transport: asyncio.Transport | None = None
    leaving: bool = False


class SocketMode:
    """All open connections of the app; each payload goes to one of them, in turn."""

    def __init__(self, seed: Seed, ack_seconds: float) -> None:
        self._seed = seed
        self._ack_seconds = ack_seconds
        self._links: list[_Link] = []
        self._turn = 0
        self._tickets: dict[str, float] = {}
        self._came = asyncio.Event()

    @property
    def connections(self) -> int:
        """How many connections the app has open, those asked to leave not counted."""
        return len(self._staying())

    def _staying(self) -> list[_Link]:
        return [link for link in self._links if not link.leaving]

    def new_ticket(self) -> str:
        """A one-time pass for one connection."""
        now = asyncio.get_running_loop().time()
        self._tickets = {one: until for one, until in self._tickets.items() if until > now}
        ticket = str(uuid.uuid4())
        self._tickets[ticket] = now + TICKET_SECONDS
        return ticket

    async def carry(self, kind: Kind, payload: JsonObject, retry: Retry | None) -> JsonObject:
        """Send one envelope and wait for its acknowledgement; a repeated one waits for a connection.

        Raises DeliveryFailed.
        """
        link = await self._next_link(RECONNECT_SECONDS if retry else 0.0)
        envelope: JsonObject = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {
                "retry_attempt": retry.number if retry else 0,
                "retry_reason": retry.reason if retry else "",
            }
        answer: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        link.waiting[envelope["envelope_id"]] = answer
        try:
            await link.socket.send_json(envelope)
            async with asyncio.timeout(self._ack_seconds):
                return await answer
        except TimeoutError as error:
            raise DeliveryFailed("operation_timeout", "timeout") from error
        except ConnectionError as error:
            raise DeliveryFailed("dispatch_failed", "connection_failed") from error
        finally:
            link.waiting.pop(envelope["envelope_id"], None)

    async def _next_link(self, patience: float) -> _Link:
        if not self._links and patience:
            self._came.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), patience)
        links = self._staying() or self._links
        if not links:
            raise DeliveryFailed("app_not_connected", "timeout")
        self._turn += 1
        return links[self._turn % len(links)]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection of the app, from hello to its end."""
        if self._tickets.pop(request.query.get("ticket", ""), 0.0) <= asyncio.get_running_loop().time():
            raise web.HTTPUnauthorized(text="unknown or used ticket")
        socket = web.WebSocketResponse(timeout=CLOSE_SECONDS, max_msg_size=LARGEST_ENVELOPE_BYTES)
        await socket.prepare(request)
        if self.connections >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        link = _Link(socket, transport=request.transport)
        self._links.append(link)
        try:
            await socket.send_json(self._hello())
            self._came.set()
            await self._listen(link)
        finally:
            self._drop(link)
        return socket

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": self.connections,
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._seed.app_id},
        }

    async def _listen(self, link: _Link) -> None:
        async for frame in link.socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            try:
                message = json.loads(frame.data)
            except ValueError:
                continue
            waiting = link.waiting.get(message.get("envelope_id", "")) if isinstance(message, dict) else None
            if waiting is not None and not waiting.done():
                payload = message.get("payload")
                waiting.set_result(payload if isinstance(payload, dict) else {})

    def _drop(self, link: _Link) -> None:
        if link in self._links:
            self._links.remove(link)
        for answer in link.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("the app's connection ended"))

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> int:
        """Tell every connection to come again and give how many there were.

        As in Slack they stay open for some seconds, so that nothing under way is lost.
        """
        links = self._staying()
        for link in links:
            link.leaving = True
            await link.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            )
            asyncio.get_running_loop().call_later(GRACE_SECONDS, self._cut, link)
        return len(links)

    def cut(self) -> int:
        """Break every connection without a word, as a failing network does; gives how many there were."""
        links = list(self._links)
        for link in links:
            self._cut(link)
        return len(links)

    def _cut(self, link: _Link) -> None:
        self._drop(link)
        transport = link.transport
        if transport is not None:
            transport.close()

    async def close(self) -> None:
        """End all connections."""
        for link in list(self._links):
            await link.socket.close()
