"""The HTTP server: OpenAI-compatible routes, and /stats, /control and /calls for tests and demos."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.model import chat_format, faults
from sandbox.model.answers import answer_chat, kind_of
from sandbox.model.chat_format import BadRequest, ChatRequest
from sandbox.model.counters import CallCounters
from sandbox.model.embeddings import answer_embeddings
from sandbox.model.faults import FaultSettings, HoldGate, RateGate

MODEL_NAMES = ("simulated-small", "simulated-large")
MAX_BODY_BYTES = 64 * 2**20

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ModelServer:
    """One simulated provider: its settings, its counters and its request handlers."""

    def __init__(self, settings: FaultSettings, *, seed: int = 0) -> None:
        self.settings = settings
        self.counters = CallCounters()
        self._seed = seed
        self._gate = RateGate()
        self._held = HoldGate(settings.hold_after)

    def application(self) -> web.Application:
        """Return the aiohttp application with all routes."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.on_shutdown.append(self._let_go)
        app.router.add_post("/v1/chat/completions", self._checked(self._chat))
        app.router.add_post("/v1/embeddings", self._checked(self._embeddings))
        app.router.add_get("/v1/models", self._checked(self._models))
        app.router.add_get("/stats", self._stats)
        app.router.add_get("/calls", self._calls)
        app.router.add_get("/control", self._show_control)
        app.router.add_post("/control", self._control)
        return app

    def control(self, changes: dict[str, Any]) -> FaultSettings:
        """Change fault settings from now on; ``reset: true`` also clears the counters.

        Raises:
            BadRequest: an unknown setting or a value out of range.
        """
        wanted = dict(changes)
        reset = wanted.pop("reset", False)
        self.settings = faults.changed_settings(self.settings, wanted)
        if "hold_after" in wanted:
            self._held.set(self.settings.hold_after)
        if reset:
            self.counters.clear()
        return self.settings

    async def _let_go(self, app: web.Application) -> None:
        """At the end nothing is held, or the end would wait for it."""
        self._held.set(-1)

    def _checked(self, handler: Handler) -> Handler:
        async def checked(request: web.Request) -> web.StreamResponse:
            key = self.settings.require_key
            if key and request.headers.get("Authorization") != f"Bearer {key}":
                body = chat_format.write_error(
                    "Incorrect API key provided.", "invalid_request_error", code="invalid_api_key"
                )
                return web.Response(status=401, body=body, content_type="application/json")
            try:
                return await handler(request)
            except BadRequest as error:
                body = chat_format.write_error(error.message, "invalid_request_error", param=error.param)
                return web.Response(status=400, body=body, content_type="application/json")

        return checked

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        chat = chat_format.read_chat_request(await request.read())
        kind = kind_of(chat)
        attempt = self.counters.begin(kind, chat.content_hash)
        outcome, usage = "abandoned", None
        try:
            settings = self.settings
            if settings.rate_limit_rps and not self._gate.admits(settings.rate_limit_rps, time.monotonic()):
                outcome = "rate_limit"
                return _too_many(settings.retry_after)
            delay = faults.delay_seconds(settings, chat.content_hash, attempt, self._seed)
            if delay > 0:
                await asyncio.sleep(delay)
            await self._held.opened()
            if request.transport is None or request.transport.is_closing():
                return web.Response(status=499)
            self._held.take()
            trouble = faults.transport_trouble(settings, chat.content_hash, attempt, self._seed)
            if trouble == "error":
                outcome = trouble
                return _server_error(attempt)
            completion = self._completion(chat, settings)
            body = json.dumps(completion).encode()
            if trouble == "cut":
                outcome = trouble
                return await _cut(request, body)
            outcome, usage = "answered", completion["usage"]
            return web.Response(body=body, content_type="application/json")
        finally:
            self.counters.end(kind, chat.content_hash, outcome, usage)

    def _completion(self, chat: ChatRequest, settings: FaultSettings) -> dict[str, Any]:
        choices = []
        for sample in range(chat.samples):
            choice = answer_chat(chat, sample, self._seed)
            choice = faults.spoil(settings, choice, chat.content_hash, sample, self._seed)
            choices.append(chat_format.cut_to_limit(choice, chat.max_tokens))
        return chat_format.write_completion(chat, choices, int(time.time()))

    async def _embeddings(self, request: web.Request) -> web.Response:
        data = chat_format.read_object(await request.read())
        answer = answer_embeddings(data)
        self.counters.begin("embeddings", "embeddings")
        self.counters.end("embeddings", "embeddings", "answered")
        return web.json_response(answer)

    async def _models(self, request: web.Request) -> web.Response:
        models = [
            {"id": name, "object": "model", "created": 0, "owned_by": "simulated"} for name in MODEL_NAMES
        ]
        return web.json_response({"object": "list", "data": models})

    async def _stats(self, request: web.Request) -> web.Response:
        return web.json_response(self.counters.snapshot(contents="contents" in request.query))

    async def _calls(self, request: web.Request) -> web.Response:
        return web.json_response({"calls": self.counters.calls()})

    async def _show_control(self, request: web.Request) -> web.Response:
        return web.json_response(asdict(self.settings))

    async def _control(self, request: web.Request) -> web.Response:
        try:
            settings = self.control(chat_format.read_object(await request.read()))
        except BadRequest as error:
            body = chat_format.write_error(error.message, "invalid_request_error", param=error.param)
            return web.Response(status=400, body=body, content_type="application/json")
        return web.json_response(asdict(settings))


def _too_many(retry_after: float) -> web.Response:
    body = chat_format.write_error("Rate limit reached for requests.", "requests", code="rate_limit_exceeded")
    headers = {"Retry-After": f"{retry_after:g}", "Retry-After-Ms": f"{retry_after * 1000:.0f}"}
    return web.Response(status=429, body=body, content_type="application/json", headers=headers)


def _server_error(attempt: int) -> web.Response:
    body = chat_format.write_error("The simulated server had an error.", "server_error")
    return web.Response(status=(500, 503)[attempt % 2], body=body, content_type="application/json")


async def _cut(request: web.Request, body: bytes) -> web.StreamResponse:
    """Send half of the body, then drop the connection."""
    response = web.StreamResponse(
        headers={"Content-Length": str(len(body)), "Content-Type": "application/json"}
    )
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return response


async def start_server(server: ModelServer, host: str, port: int) -> tuple[web.AppRunner, int]:
    """Listen on ``host:port`` (0: any free port); return the runner to clean up and the port."""
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    await site.start()
    return runner, int(runner.addresses[0][1])
