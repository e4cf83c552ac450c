"""Signed HTTP instead of Socket Mode: one path for everything that Slack sends, and a health check."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from slack_bolt import App, BoltRequest

logger = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
_MOST_BYTES = 2 * 1024 * 1024
_TIMEOUT = 20.0


def make_http_server(app: App, port: int, host: str = "") -> ThreadingHTTPServer:
    """Return a server, bound but not yet serving. Bolt checks every request's signature and age."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _TIMEOUT
        server_version = "promptbeam"
        sys_version = ""

        def do_GET(self) -> None:
            if urlsplit(self.path).path == "/healthz":
                self._answer(200, b"ok")
            else:
                self._answer(404, b"not found")

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if urlsplit(self.path).path != EVENTS_PATH:
                self._answer(404, b"not found")
            elif not length.isdigit() or int(length) > _MOST_BYTES:
                self._answer(413, b"too large")
            else:
                self._dispatch(self.rfile.read(int(length)))

        def _dispatch(self, body: bytes) -> None:
            headers: dict[str, str | Sequence[str]] = {
                name.lower(): value for name, value in self.headers.items()
            }
            try:
                text = body.decode("utf-8")
            except UnicodeDecodeError:
                self._answer(400, b"not UTF-8")
                return
            response = app.dispatch(BoltRequest(body=text, query=urlsplit(self.path).query, headers=headers))
            kind = (response.headers.get("content-type") or ["text/plain"])[0]
            self._answer(response.status, response.body.encode("utf-8"), kind)

        def _answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            logger.debug("http: " + format, *args)

    return ThreadingHTTPServer((host, port), Handler)
