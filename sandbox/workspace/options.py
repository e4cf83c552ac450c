"""How one start of the workspace is set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sandbox.workspace.clock import Clock, SystemClock
from sandbox.workspace.seed import Seed


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the server; times are in seconds.

    With `request_url` the app is reached by signed HTTP requests instead of Socket Mode.
    `event_retry_seconds` holds the wait before each new try of an event that was not acknowledged.
    """

    host: str = "127.0.0.1"
    port: int = 0
    request_url: str | None = None
    examples: Path | None = None
    seed: Seed = field(default_factory=Seed)
    clock: Clock = field(default_factory=SystemClock)
    rate_limits: bool = True
    ack_seconds: float = 3.0
    event_retry_seconds: tuple[float, ...] = (0.2, 60.0, 300.0)
