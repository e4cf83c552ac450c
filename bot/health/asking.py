"""Asks the side server of a process on this machine."""

from __future__ import annotations

import http.client

from bot.health.settings import HealthSettings
from bot.health.side_server import ALIVE, READY
from optimizer.errors import ConfigError

_ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound to
_SECONDS = 4.0
_MOST_BYTES = 4_000


def ask(settings: HealthSettings, *, alive: bool = False) -> tuple[bool, str]:
    """Return whether all is well, and what was said.

    Raises:
        ConfigError: the settings name no port to ask at.
    """
    if not settings.port:
        raise ConfigError(
            "PROMPTBEAM_HEALTH_PORT names no port to ask at.", "Set it to that of the bot or worker."
        )
    host = "127.0.0.1" if settings.host in _ANY_ADDRESS else settings.host
    connection = http.client.HTTPConnection(host, settings.port, timeout=_SECONDS)
    try:
        connection.request("GET", ALIVE if alive else READY)
        answer = connection.getresponse()
        words = answer.read(_MOST_BYTES).decode("utf-8", "replace").strip()
        return answer.status == 200, words
    except (OSError, http.client.HTTPException):
        return False, f"Nobody answers at {host}, port {settings.port}."
    finally:
        connection.close()
