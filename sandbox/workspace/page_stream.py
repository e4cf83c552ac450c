"""What is pushed to the open pages, each person seeing only what is theirs to see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from aiohttp import web

from sandbox.workspace.changes import (
    Change,
    HomePublished,
    MemberJoined,
    MessageEdited,
    MessagePosted,
    MessageRemoved,
    ReactionChanged,
    ViewClosed,
    ViewShown,
)
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.page_shapes import page_message, page_view
from sandbox.workspace.records import Message
from sandbox.workspace.state import WorkspaceState


class PageStream:
    """The WebSockets of the open pages, each with a queue so that a slow page holds up nobody."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self._queues: dict[str, list[asyncio.Queue[JsonObject | None]]] = {}

    def see(self, change: Change) -> None:
        """Push a change to everybody who may see it."""
        for user, push in self._pushes(change):
            for queue in self._queues.get(user, ()):
                queue.put_nowait(push)

    def _pushes(self, change: Change) -> Iterator[tuple[str, JsonObject]]:
        match change:
            case MessagePosted(message=message):
                yield from self._about(message, "message")
            case MessageEdited(message=message) | ReactionChanged(message=message):
                yield from self._about(message, "message_changed")
            case MessageRemoved(message=message):
                yield from self._about(message, "message_deleted")
            case MemberJoined(channel=channel):
                for user in self._queues:
                    yield user, {"type": "channels_changed", "channel": channel}
            case ViewShown(how=how, view=view):
                yield view.user, {"type": how, "view": page_view(self._state, view)}
            case ViewClosed(user=user, view_id=view_id):
                yield user, {"type": "view_close", "view_id": view_id}
            case HomePublished(view=view):
                yield view.user, {"type": "home", "view": page_view(self._state, view)}

    def _about(self, message: Message, kind: str) -> Iterator[tuple[str, JsonObject]]:
        channel = self._state.channels[message.channel]
        push = {"type": kind, "channel": channel.id, "message": page_message(self._state, message)}
        if message.seen_only_by is not None:
            yield message.seen_only_by, push
            return
        for user in self._queues:
            if self._state.may_look(user, channel):
                yield user, push

    async def serve(self, request: web.Request, user: str) -> web.WebSocketResponse:
        """Hold one page's connection."""
        socket = web.WebSocketResponse(heartbeat=30, timeout=1.0)
        await socket.prepare(request)
        queue: asyncio.Queue[JsonObject | None] = asyncio.Queue()
        self._queues.setdefault(user, []).append(queue)
        writer = asyncio.create_task(_write(socket, queue))
        try:
            async for _frame in socket:
                pass
        finally:
            self._queues[user].remove(queue)
            writer.cancel()
        return socket

    async def close(self) -> None:
        """End all connections."""
        for queues in self._queues.values():
            for queue in queues:
                queue.put_nowait(None)


async def _write(socket: web.WebSocketResponse, queue: asyncio.Queue[JsonObject | None]) -> None:
    while (push := await queue.get()) is not None:
        try:
            await socket.send_json(push)
        except ConnectionError:
            return
    await socket.close()
