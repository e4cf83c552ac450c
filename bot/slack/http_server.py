"""Signed HTTP instead of Socket Mode: one path for all that Slack sends, pages to install, a health check."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from slack_bolt import App, BoltRequest, BoltResponse

logger = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
Page = Callable[[BoltRequest], BoltResponse]
_PLAIN = (("Content-Type", "text/plain"),)
_MOST_BYTES = 2 * 1024 * 1024
_TIMEOUT = 20.0


def make_http_server(
    app: App, port: int, host: str = "", *, pages: Mapping[str, Page] | None = None
) -> ThreadingHTTPServer:
    """Return a server, bound but not yet serving. Bolt checks every request's signature and age.

    ``pages`` are what browsers may get, by their paths.
    """
    return _SlackServer(
        (host, port), app, {"/healthz": lambda request: BoltResponse(status=200, body="ok"), **(pages or {})}
    )


class _SlackServer(ThreadingHTTPServer):
    def __init__(self, address: tuple[str, int], app: App, pages: Mapping[str, Page]) -> None:
        self.app = app
        self.pages = pages
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _SlackServer
    timeout = _TIMEOUT
    server_version = "promptbeam"
    sys_version = ""

    def do_GET(self) -> None:
        page = self.server.pages.get(urlsplit(self.path).path)
        if page is None:
            self._answer(404, b"not found")
        else:
            self._respond(page(self._request("")))

    def do_POST(self) -> None:
        length = _length_of(self.headers.get("Content-Length", ""))
        if urlsplit(self.path).path != EVENTS_PATH or length is None:
            self._answer(*((413, b"too large") if length is None else (404, b"not found")))
        else:
            self._dispatch(self.rfile.read(length))

    def _request(self, body: str) -> BoltRequest:
        headers: dict[str, str | Sequence[str]] = {
            name.lower(): value for name, value in self.headers.items()
        }
        return BoltRequest(body=body, query=urlsplit(self.path).query, headers=headers)

    def _dispatch(self, body: bytes) -> None:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            self._answer(400, b"not UTF-8")
            return
        self._respond(self.server.app.dispatch(self._request(text)))

    def _respond(self, response: BoltResponse) -> None:
        headers = [(name, value) for name, values in response.headers.items() for value in values]
        self._answer(response.status, response.body.encode("utf-8"), headers)

    def _answer(self, status: int, body: bytes, headers: Sequence[tuple[str, str]] = _PLAIN) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        # Never the query: on the way back from an install it holds a code.
        logger.debug("http: %s %s", self.command, urlsplit(self.path).path)


def _length_of(header: str) -> int | None:
    """Return a body's length in bytes, None for one that is not read."""
    return int(header) if header.isdigit() and int(header) <= _MOST_BYTES else None
