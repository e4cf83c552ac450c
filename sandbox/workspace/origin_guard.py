"""The guard against other web sites: only this machine's own page may use the page's API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_GUARDED = ("/web/", "/mock/", "/files/", "/samples/")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def origin_guard(bound_host: str) -> Middleware:
    """A middleware that refuses foreign pages, and host names that a foreign DNS points to this machine."""
    hosts = _LOOPBACK | {bound_host}

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(_GUARDED):
            if bound_host in _LOOPBACK and urlsplit(f"//{request.host}").hostname not in hosts:
                raise web.HTTPForbidden(text="unknown host name")
            origin = request.headers.get("Origin")
            if origin is not None and urlsplit(origin).netloc != request.host:
                raise web.HTTPForbidden(text="requests from other sites are refused")
            if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
                raise web.HTTPForbidden(text="requests from other sites are refused")
        return await handler(request)

    return guard
