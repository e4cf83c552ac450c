"""Spans of model calls, and their file in the Trace Event Format that standard viewers open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class CallSpan:
    """One attempt at a model call; times are seconds of the event loop's clock."""

    run_id: str
    model: str
    purpose: str
    position: str
    queued: float
    started: float
    ended: float
    ok: bool


class CallTrace:
    """Collects spans; give it to a ``ModelPool``. Used from the pool's event loop only."""

    def __init__(self) -> None:
        self.spans: list[CallSpan] = []

    def add(self, span: CallSpan) -> None:
        """Keep one span."""
        self.spans.append(span)

    def write(self, path: Path) -> None:
        """Write all spans as a trace file (open it in Perfetto or chrome://tracing)."""
        path.write_text(json.dumps({"traceEvents": trace_events(self.spans)}), encoding="utf-8")


def trace_events(spans: Sequence[CallSpan]) -> list[dict[str, Any]]:
    """Return complete events in microseconds; calls that overlap get lanes of their own."""
    origin = min((span.queued for span in spans), default=0.0)
    free_at: list[float] = []
    events = []
    for span in sorted(spans, key=lambda item: (item.started, item.ended)):
        lane = next((index for index, free in enumerate(free_at) if free <= span.started), len(free_at))
        if lane == len(free_at):
            free_at.append(0.0)
        free_at[lane] = span.ended
        events.append(
            {
                "name": span.purpose,
                "cat": span.model,
                "ph": "X",
                "ts": round((span.started - origin) * 1e6),
                "dur": round((span.ended - span.started) * 1e6),
                "pid": 1,
                "tid": lane + 1,
                "args": {
                    "run": span.run_id,
                    "position": span.position,
                    "waited_ms": round((span.started - span.queued) * 1e3, 1),
                    "ok": span.ok,
                },
            }
        )
    return events
