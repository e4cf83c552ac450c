"""The side server: ``/healthz``, ``/readyz`` and ``/metrics`` on a port that is not Slack's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.health.metrics import Metrics
from bot.health.readiness import Readiness
from bot.health.settings import HealthSettings
from optimizer.errors import ConfigError

logger = logging.getLogger(__name__)

ALIVE, READY, METRICS = "/healthz", "/readyz", "/metrics"
_PLAIN = "text/plain; charset=utf-8"
_TIMEOUT = 5.0


@contextmanager
def side_server(settings: HealthSettings, readiness: Readiness, metrics: Metrics) -> Iterator[int]:
    """Serve while the block runs and give the port; 0 where the server is off, or its usual port is taken.

    Raises:
        ConfigError: the address that was chosen cannot be used.
    """
    server = _bound(settings, readiness, metrics)
    if server is None:
        yield 0
        return
    serving = threading.Thread(target=server.serve_forever, name="side-server", daemon=True)
    serving.start()
    port = int(server.server_address[1])
    logger.info("health and metrics at http://%s:%d", settings.host, port)
    try:
        yield port
    finally:
        server.shutdown()
        server.server_close()


def _bound(settings: HealthSettings, readiness: Readiness, metrics: Metrics) -> ThreadingHTTPServer | None:
    if settings.port is None:
        return None
    try:
        return _Server((settings.host, settings.port), _handler(readiness, metrics))
    except (OSError, OverflowError) as error:
        if settings.chosen:
            raise ConfigError(
                f"Health and metrics cannot be served at {settings.host}, port {settings.port}.",
                "Another process may have it: set PROMPTBEAM_HEALTH_PORT to another one, or to off.",
            ) from error
        logger.info("port %d is taken: no health page; PROMPTBEAM_HEALTH_PORT sets one", settings.port)
        return None


class _Server(ThreadingHTTPServer):
    # On Linux a port in use stays refused; this only lets a restart have its own port back at once.
    allow_reuse_address = True


def _handler(readiness: Readiness, metrics: Metrics) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _TIMEOUT
        server_version = "promptbeam"
        sys_version = ""

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == ALIVE:
                self._answer(200, "ok\n")
            elif path == READY:
                reasons = readiness.reasons()
                self._answer(503 if reasons else 200, "\n".join(reasons or ("ready",)) + "\n")
            elif path == METRICS:
                self._answer(200, generate_latest(metrics.registry).decode(), CONTENT_TYPE_LATEST)
            else:
                self._answer(404, "not found\n")

        do_HEAD = do_GET

        def _answer(self, status: int, text: str, kind: str = _PLAIN) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            logger.debug("side server: %s %s", self.command, urlsplit(self.path).path)

    return Handler
