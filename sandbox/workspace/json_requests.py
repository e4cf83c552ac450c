"""Reading JSON requests of the page and of tests, and answering them with `ok` or an error code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.workspace.delivery import DeliveryFailed
from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonObject

Action = Callable[[JsonObject], Awaitable[JsonObject]]


def json_route(action: Action) -> Callable[[web.Request], Awaitable[web.Response]]:
    """An HTTP handler that runs `action` on the request's JSON object."""

    async def handle(request: web.Request) -> web.Response:
        try:
            body = await request.json() if request.can_read_body else {}
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return web.json_response({"ok": False, "error": "invalid_json"}, status=400)
        return web.json_response(await answered(action, body))

    return handle


async def answered(action: Action, body: JsonObject) -> JsonObject:
    """The action's result with `ok`, or why it was refused."""
    try:
        return {"ok": True, **await action(body)}
    except ApiError as error:
        return {"ok": False, "error": error.code, "messages": list(error.messages)}
    except DeliveryFailed as failure:
        return {"ok": False, "error": failure.code}


def needed(body: JsonObject, name: str) -> str:
    """A string field that has to be there. Raises ApiError invalid_arguments."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError("invalid_arguments", messages=[f"{name} is missing"])
    return value
