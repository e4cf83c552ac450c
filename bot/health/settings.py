"""Where a process tells how it is: the address of its side server, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.errors import ConfigError

HEALTH_PORT = 9464
HEALTH_HOST = "127.0.0.1"
_OFF = "off"
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """The side server's address. ``port`` 0 takes any free one, None switches the server off.

    ``chosen`` tells that somebody set the port: then one that is taken is an error, else several
    processes of one machine would need settings before any of them starts.
    """

    host: str = HEALTH_HOST
    port: int | None = HEALTH_PORT
    chosen: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> HealthSettings:
        """Read ``PROMPTBEAM_HEALTH_HOST`` and ``PROMPTBEAM_HEALTH_PORT``.

        Raises:
            ConfigError: the port is neither a number nor ``off``.
        """
        raw = env.get("PROMPTBEAM_HEALTH_PORT", "").strip().lower()
        host = env.get("PROMPTBEAM_HEALTH_HOST", "").strip() or HEALTH_HOST
        if not raw:
            return cls(host)
        if raw == _OFF:
            return cls(host, None)
        if not raw.isdecimal() or int(raw) > _LAST_PORT:
            raise ConfigError(
                f"PROMPTBEAM_HEALTH_PORT is {raw!r}.", f"Give a port, 0 for any free one, or {_OFF}."
            )
        return cls(host, int(raw), chosen=True)
