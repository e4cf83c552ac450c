"""The door of the Web API: reading a request, checking token, rate and scope, and answering."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.workspace.call_journal import CallRecord
from sandbox.workspace.errors import ApiError
from sandbox.workspace.faults import Fault
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.records import Token
from sandbox.workspace.web_api import chat, conversations, files, people_and_app, views
from sandbox.workspace.web_api.calls import Args, Call, Method, missing_scope
from sandbox.workspace.workspace import Workspace

METHODS: Mapping[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people_and_app.METHODS,
    **views.METHODS,
}
_NOBODY = Token("", "bot", frozenset())


class WebApi:
    """Answers requests to `/api/<method>`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, note it in the journal, and act out a planned fault."""
        name = request.match_info["method"]
        arrived = self._workspace.options.clock.now()
        args = await _read_args(request)
        fault = self._workspace.faults.take(name)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        response = self._answer(name, args, request, fault)
        body: JsonObject = json.loads(response.text or "{}") if response.content_type.endswith("json") else {}
        self._workspace.journal.note(
            CallRecord(
                arrived,
                name,
                {key: value for key, value in args.values.items() if key != "token"},
                bool(body.get("ok")),
                str(body.get("error", "")),
                response.status,
            )
        )
        if fault is not None and fault.lose_answer:
            _cut(request)
        return response

    def _answer(self, name: str, args: Args, request: web.Request, fault: Fault | None) -> web.Response:
        if fault is not None and fault.status == 429:
            return _rate_limited(fault.retry_after)
        if fault is not None and fault.status:
            return web.Response(status=fault.status, text="the workspace was told to fail")
        token: Token | None = None
        try:
            if fault is not None and fault.error:
                raise ApiError(fault.error)
            method = METHODS.get(name)
            if method is None:
                raise ApiError("unknown_method", req_method=name)
            token = self._token(method, args, request)
            wait = self._workspace.rates.wait_for(token.value, name, method.tier, args.text("channel"))
            if wait is not None:
                return _rate_limited(wait)
            if method.scope and method.scope not in token.scopes:
                raise missing_scope(method.scope, token)
            answer: JsonObject = {"ok": True, **method.run(Call(self._workspace, token, args))}
        except ApiError as error:
            answer = _refusal(error)
        return web.json_response(answer, headers=_scope_headers(token, METHODS.get(name)))

    def _token(self, method: Method, args: Args, request: web.Request) -> Token:
        if method.caller == "none":
            return _NOBODY
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not value:
            value = args.text("token")
        if not value:
            raise ApiError("not_authed")
        token = self._workspace.state.tokens.get(value.strip())
        if token is None:
            raise ApiError("invalid_auth")
        if token.kind != method.caller:
            raise ApiError("not_allowed_token_type")
        return token


def _refusal(error: ApiError) -> JsonObject:
    answer: JsonObject = {"ok": False, "error": error.code, **error.fields}
    if error.messages:
        answer["response_metadata"] = {"messages": list(error.messages)}
    return answer


def _scope_headers(token: Token | None, method: Method | None) -> dict[str, str]:
    if token is None or token is _NOBODY:
        return {}
    headers = {"x-oauth-scopes": ",".join(sorted(token.scopes))}
    if method is not None and method.scope:
        headers["x-accepted-oauth-scopes"] = method.scope
    return headers


def _rate_limited(seconds: int) -> web.Response:
    return web.json_response(
        {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)}
    )


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()


async def _read_args(request: web.Request) -> Args:
    values: dict[str, Any] = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            try:
                body = await request.json()
            except ValueError:
                body = None
            if isinstance(body, dict):
                values |= body
        elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            form = await request.post()
            values |= {name: value for name, value in form.items() if isinstance(value, str)}
    return Args(values)
